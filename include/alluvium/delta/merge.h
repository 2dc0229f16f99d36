#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alluvium/delta/write.h"

namespace alluvium::delta {

/// A merge of source rows into a table: which rows belong together, and what happens to them. The
/// first clause of its kind whose condition holds decides for a row. Expressions name columns
/// through the aliases: `source.id = target.id`.
///
/// An aggregate; its methods add clauses:
///
///     delta::Merge{.table_uri = uri, .on = "target.id = source.id"}
///         .when_matched_update({{"value", "source.value"}})
///         .when_not_matched_insert({{"id", "source.id"}, {"value", "source.value"}})
struct Merge {
  struct Clause {
    enum class When {
      MatchedUpdate,
      MatchedDelete,
      NotMatchedInsert,          ///< A source row without a target row.
      NotMatchedBySourceUpdate,  ///< A target row without a source row.
      NotMatchedBySourceDelete,
    };
    When when;
    std::optional<Condition> condition = std::nullopt;
    std::vector<Assignment> set = {};
  };

  std::string table_uri;
  StorageOptions storage_options = {};
  /// When a source row and a target row belong together. Two source rows for one target row that is
  /// to be changed are an error.
  Condition on;
  std::string source_alias = "source";
  std::string target_alias = "target";
  std::vector<Clause> clauses = {};
  /// Adds columns that the clauses set and the table doesn't have.
  bool merge_schema = false;
  /// A value that doesn't fit its column becomes null instead of failing.
  bool safe_cast = false;
  /// Reads the source once, as it comes, and without looking at its statistics to skip files.
  bool streaming = false;
  WriterPolicy writer = {};
  CommitOptions commit = {};

  Merge& when_matched_update(std::vector<Assignment> set,
                             std::optional<Condition> condition = std::nullopt);
  Merge& when_matched_delete(std::optional<Condition> condition = std::nullopt);
  Merge& when_not_matched_insert(std::vector<Assignment> set,
                                 std::optional<Condition> condition = std::nullopt);
  Merge& when_not_matched_by_source_update(std::vector<Assignment> set,
                                           std::optional<Condition> condition = std::nullopt);
  Merge& when_not_matched_by_source_delete(std::optional<Condition> condition = std::nullopt);
};

/// Merges the rows of `source` into a table in one commit. Errors: InvalidArgument (no clause, a
/// clause that sets nothing), those of every change, and whatever running the source gives.
CommitReport merge(const Session& session, const WriteSource& source, const Merge& request,
                   const Interrupt& interrupt = {});

}  // namespace alluvium::delta
