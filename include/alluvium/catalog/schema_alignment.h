#pragma once

#include <map>
#include <string>
#include <vector>

#include "alluvium/frame/data_frame.h"

namespace alluvium {

struct AlignOptions {
  /// Keeps the columns that the schema lacks, as they are and in their order, after its own.
  bool keep_extra_columns = false;
  /// Columns of flat types that are (true) or aren't (false) dictionary-encoded in the result, with
  /// int32 indices; all others are as the schema has them. In data files that is
  /// `delta::WriterPolicy::dictionary`.
  std::map<std::string, bool> dictionary = {};
};

/// What aligning a table with a schema does to it. Columns are named as the schema names them, and
/// parts of nested ones by dotted paths (`address.zip`, `items.element.price`).
struct AlignmentReport {
  struct Cast {
    std::string column;
    DataType from;
    DataType to;
  };
  struct Invalid {
    std::string column;
    std::string reason;  ///< And the way out.
    /// The types, where it is they that don't fit; else empty.
    std::string from = "";
    std::string to = "";
  };

  /// Of the schema, not of the table: null in every row.
  std::vector<std::string> missing;
  /// Of the table, not of the schema, and not in the result.
  std::vector<std::string> dropped;
  /// Of the table, not of the schema, and kept.
  std::vector<std::string> extra;
  std::vector<Cast> cast;
  /// Columns that come in another order than in the table, of those that both have.
  std::vector<std::string> reordered;
  /// May be null in the table, must not be by the schema: checked when the result is run.
  std::vector<std::string> null_checked;
  /// What makes an alignment impossible.
  std::vector<Invalid> invalid;

  /// Whether the table had the schema's columns, in their order and types, to begin with.
  [[nodiscard]] bool is_unchanged() const;
  /// One line for each kind that there is something of.
  [[nodiscard]] std::string to_string() const;
};

/// A table in the form of a schema, and what was done to it.
struct Alignment {
  DataFrame frame;
  AlignmentReport report;
};

/// What `align_table_to_schema` would do, or why it can't.
/// Errors: InvalidArgument for a schema that names a column twice, or none at all, and for a
/// dictionary option of a column that it doesn't name.
/// Thread-safety: may be called from many threads.
AlignmentReport alignment_report(const DataFrame& table, const Schema& schema,
                                 const AlignOptions& options = {});

/// Brings `table` into the form of `schema` with one projection, which nothing runs yet: the fields
/// of the result are those of `schema`, in order, with their types, nullability and metadata at
/// every depth. Columns and parts of structs are found by name, in exact case; those that are
/// missing become typed nulls. What becomes of values: `Expr::conform_to`.
///
/// Errors: those of `alignment_report`; SchemaMismatch (details `column`, `from`, `to`; the message
/// names every such column, and a way out) for types that can't become the schema's, a missing
/// column or part that must not be null, and a column that the table has twice. A query that runs
/// the result fails with ConstraintViolation on a null in a NOT NULL column, and with
/// SchemaMismatch on a value that doesn't fit; both name the column. Only the columns that the
/// query uses are looked at: a `count()` reads none.
/// Thread-safety: may be called from many threads.
Alignment align_table_to_schema(const DataFrame& table, const Schema& schema,
                                const AlignOptions& options = {});

}  // namespace alluvium
