#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/data_type.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/frame/record_batch.h"
#include "alluvium/session/session.h"

namespace alluvium::code {

/// About how many bytes a data file of a table has, if nothing else is said.
inline constexpr std::uint64_t kDataFileBytes = std::uint64_t{112} << 10;

/// Of a table that every run reads as a whole, and of which every run writes a few rows.
inline constexpr std::uint64_t kSmallDataFileBytes = std::uint64_t{64} << 10;

/// A column of a published dataset by its name.
struct ColumnName {
  std::string_view dataset;
  std::string_view column;
};

/// A column of a dataset: a field whose comment goes into the table, and what holds for its values
/// besides (`alluvium check` asks that of tables).
struct Column {
  std::string_view name;
  DataType type;
  bool nullable;
  std::string_view comment;
  /// Where each value is found, unless it is null: in this column, of the same repository.
  std::optional<ColumnName> found_in = std::nullopt;
  /// Of the first byte of a span in the file `file_id`: the column of the byte after its last.
  std::string_view span_end = {};
  /// Of a name: the column of the first byte of a span that has the name as its text.
  std::string_view written_at = {};
  /// Of a text that is shown with less white space, without comments and cut where it is long: the
  /// same.
  std::string_view written_short_at = {};
  /// A list of structs with the fields text, bstart and bend: such texts, each with its span.
  bool items_are_written_short = false;
};

/// Rows of datasets, by their names.
using MadeRows = std::map<std::string, std::vector<RecordBatch>, std::less<>>;

/// A relation of the code lake that is made from others, declared once. Tables, their
/// comments, documentation, checks and run order come from this.
struct Dataset {
  std::string_view name;
  /// What a row is.
  std::string_view meaning;
  /// In order. Empty for an intermediate dataset, which is never stored; what makes it says what
  /// its columns mean.
  std::vector<Column> columns;
  /// Columns that are different for every two rows; `repo` is part of each id.
  std::vector<std::string_view> key;
  /// The tables that the query reads: datasets before this one, or `given_inputs()`.
  std::vector<std::string_view> inputs;
  /// Raised whenever the same inputs make other rows: older tables are then made again.
  int maker_version;
  /// SQL that refers to the inputs by their names. Empty where the rows are made natively: by
  /// `make`, or without one, by that of the only input.
  std::string_view query;
  /// Registered for the datasets after it, but not published.
  bool intermediate;
  /// About how many bytes a data file of its table has. Larger ones make questions of all rows
  /// faster, smaller ones make a run write less for a change of one source file.
  std::uint64_t data_file_bytes = kDataFileBytes;
  /// The column that names the file that a row belongs to; of rows that belong to none, what else
  /// tells which of them a run has to replace.
  std::string_view file_column = "file_id";
  /// Made of the SCIP index alone. Without one its query is not run: a published one is empty, an
  /// intermediate one isn't there.
  bool from_scip = false;
  /// With a SCIP index, the query that ranks what the index says above the rows of `query`, which
  /// it reads as the table NAME_by_rules. Empty where the index says nothing.
  std::string_view scip_query = {};
  std::vector<std::string_view> scip_inputs = {};
  /// Makes the rows natively, from the inputs as tables of the session, together with those of
  /// other datasets.
  MadeRows (*make)(const Session& session, const Interrupt& interrupt) = nullptr;

  [[nodiscard]] bool is_stored() const { return !intermediate; }
  [[nodiscard]] bool is_native() const { return query.empty(); }
  /// Each row belongs to a file.
  [[nodiscard]] bool is_of_files() const { return file_column.ends_with("file_id"); }
  /// In the lake.
  [[nodiscard]] std::string table() const { return std::string(name); }

  /// The rows, from the inputs as tables of `session`; of native makers, what was registered.
  [[nodiscard]] DataFrame rows(const Session& session, const Interrupt& interrupt) const;
  /// Frees what `session` keeps of rows that were made natively, once no frame has them.
  void release(const Session& session) const;
};

/// Keeps what a native maker made in `session`, for the datasets that have it as their rows.
void register_made(const Session& session, const MadeRows& rows);

/// All datasets, each after its inputs.
std::span<const Dataset> datasets();
/// The dataset of that name, or null.
const Dataset* find_dataset(std::string_view name);

/// What the datasets are made of in the first place: `listing` (repo, path, size_bytes, language),
/// `markers` (repo, path: files that mark a source root), `listing_problems` (repo, path, severity,
/// code, message, source: what was found and is not read), and from `facts` on, one row a source
/// file: repo, file_id, path, module, package, is_package, source_root (of `file_modules`),
/// content_hash, read_failure (null for what was read), size_bytes, language, and `f`, of
/// `identified_facts_type()` (null for other languages than Python); and `scip_facts`, one row a
/// part of the SCIP index (none without an index): repo, part (its place among all), is_document,
/// file_id, path (null for external symbols), is_listed (the repository has the document's file),
/// and `s`, of `scip_facts_type()`.
std::span<const std::string_view> given_inputs();

/// The columns of a published dataset as a table's schema.
Schema table_schema(const Dataset& dataset);

/// Engine settings that the queries are written for (`RuntimeProfile::settings`): a join collects
/// its left side and streams the right one past it. Partitioning both sides, which the engine does
/// by itself because staged frames have no statistics, takes twice the time and memory. The
/// optimizer goes once over each plan: going over the small ones of a run again finds nothing, and
/// takes as long.
const std::map<std::string, std::string>& dataset_settings();

}  // namespace alluvium::code
