#include "alluvium/code/check.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <thread>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/error.h"
#include "code/check/graph_checks.h"
#include "code/check/table_checks.h"
#include "code/check/text_at.h"
#include "code/datasets/datasets.h"
#include "code/graph/graph_views.h"
#include "code/index/byte_batches.h"
#include "code/lake/pinned_table.h"
#include "code/publish/lake_layout.h"
#include "code/publish/repos_table.h"
#include "code/publish/runs_table.h"
#include "code/publish/table_pins.h"
#include "code/repository/read_file.h"

namespace alluvium::code {
namespace {

constexpr std::size_t kExamples = 3;
constexpr std::uint64_t kMostStagedBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kMostFileBytes = std::uint64_t{256} << 20;

/// Reads each file of `listed_files` once.
constexpr std::string_view kUnchangedFiles = R"sql(
SELECT file_id, path
FROM listed_files
WHERE encode(digest(read_file(path), 'blake3'), 'hex') = content_hash)sql";

/// The rows that `check` finds, as text, each with the count of all.
std::string examples_query(const TableCheck& check) {
  std::string columns;
  std::string order;
  for (std::size_t i = 0; i < check.shown.size(); ++i) {
    columns += "CAST(\"" + check.shown[i] + "\" AS VARCHAR) AS \"" + check.shown[i] + "\", ";
    order += (i == 0 ? "" : ", ") + std::to_string(i + 1);
  }
  return "SELECT " + columns + "count(*) OVER () AS broken_rows FROM (" + check.query +
         ") ORDER BY " + order + " LIMIT " + std::to_string(kExamples);
}

/// Whether a failure to read says something of the lake, and nothing of this call.
bool is_of_the_lake(const Error& error) {
  switch (error.code()) {
    case ErrorCode::Cancelled:
    case ErrorCode::DeadlineExceeded:
    case ErrorCode::ResourceExhausted:
      return false;
    default:
      return true;
  }
}

bool has_declared_columns(const Session& session, const Dataset& dataset) {
  const Schema schema = session.table(dataset.name).schema();
  return std::ranges::all_of(
      dataset.columns, [&](const Column& column) { return schema.index_of(column.name) >= 0; });
}

/// One call of `check`.
class LakeCheck {
 public:
  LakeCheck(const Lake& lake, const Interrupt& interrupt)
      : lake_(lake), layout_(lake.folder()), interrupt_(interrupt), session_(open({})) {}

  CheckReport execute() {
    for (const Run& run : lake_.runs()) read_tables(run);
    for (const auto& [table, pins] : pins_of(lake_.runs())) {
      if (!unreadable_.contains(table)) register_pinned(session_, table, pins);
    }
    for (const Dataset& dataset : datasets()) {
      if (can_check(session_, dataset)) run_all(session_, dataset, table_checks(dataset));
    }
    check_graph();
    if (!unreadable_.contains("files")) compare_names();
    return report_;
  }

 private:
  [[nodiscard]] Session open(FunctionSet functions) const {
    RuntimeProfile profile{.enable_information_schema = false,
                           .allowed_roots = {lake_.folder().string()},
                           .confine = true};
    profile.functions = std::move(functions);
    return profile.open_session();
  }

  void register_pinned(const Session& session, const std::string& table, const TablePins& pins) {
    IoAdapter::without_snapshots(session).register_view(
        table, read_pinned(session, layout_, table, pins, interrupt_));
  }

  /// Reads every value of a run's tables, and counts the rows.
  void read_tables(const Run& run) {
    for (const auto& [table, version] : run.versions) {
      ++report_.checks;
      std::uint64_t rows = 0;
      try {
        RecordBatchReader reader =
            read_pinned(session_, layout_, table, {{version, {run.repo}}}, interrupt_)
                .stream(interrupt_);
        while (const auto batch = reader.next()) {
          rows += static_cast<std::uint64_t>(batch->row_count());
        }
      } catch (const Error& error) {
        if (!is_of_the_lake(error)) throw;
        unreadable_.insert(table);
        report_.broken.push_back({.table = table,
                                  .check = "readable",
                                  .message = "version " + std::to_string(version) + " of `" +
                                             run.repo + "` can't be read: " + error.message()});
        continue;
      }
      report_.rows += rows;
      if (const auto counted = run.counts.find(table); counted != run.counts.end()) {
        ++report_.checks;
        if (static_cast<std::uint64_t>(counted->second) == rows) continue;
        report_.broken.push_back({.table = table,
                                  .check = "count",
                                  .message = "`" + run.repo + "` has " + std::to_string(rows) +
                                             " rows; its run " + run.run_id + " counted " +
                                             std::to_string(counted->second)});
      }
    }
  }

  /// Runs of older programs may lack a table, or columns that were added since.
  static bool can_check(const Session& session, const Dataset& dataset) {
    return !dataset.intermediate && session.has_table(dataset.name) &&
           has_declared_columns(session, dataset);
  }

  void run_all(const Session& session, const Dataset& dataset,
               const std::vector<TableCheck>& checks) {
    for (const TableCheck& check : checks) {
      if (std::ranges::all_of(check.others,
                              [&](std::string_view other) { return session.has_table(other); })) {
        run_one(session, dataset, check);
      }
    }
  }

  void run_one(const Session& session, const Dataset& dataset, const TableCheck& check) {
    ++report_.checks;
    BrokenPromise broken{.table = std::string(dataset.name),
                         .check = std::string(check.kind),
                         .message = check.meaning};
    const DataFrame found = session.sql(examples_query(check), {}, interrupt_);
    for (const RecordBatch& batch : found.collect(interrupt_)) {
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        broken.rows = static_cast<std::uint64_t>(batch.column("broken_rows").int64(row));
        BrokenPromise::Row& example = broken.examples.emplace_back();
        for (const std::string& name : check.shown) {
          const ColumnView column = batch.column(name);
          example.emplace_back(name, column.is_null(row) ? "NULL" : std::string(column.bytes(row)));
        }
      }
    }
    if (broken.rows > 0) report_.broken.push_back(std::move(broken));
  }

  void check_graph() {
    register_graph_views(session_, interrupt_, kMostStagedBytes);
    for (const Dataset& view : graph_views()) {
      if (view.name == "props" || !session_.has_table(view.name)) continue;
      run_all(session_, view, table_checks(view));
      run_all(session_, view, graph_checks(view));
    }
  }

  /// Holds the names in the tables to the files that are still as they were indexed.
  void compare_names() {
    const std::vector<KnownRepository> known = read_repos(session_, layout_, interrupt_);
    for (const Run& run : lake_.runs()) {
      if (const auto files = run.counts.find("files"); files != run.counts.end()) {
        report_.files += static_cast<std::uint64_t>(files->second);
      }
      const auto repository = std::ranges::find(known, run.repo, &KnownRepository::repo);
      if (repository == known.end() || !run.versions.contains("files")) continue;
      const std::optional<Session> session = open_repository(repository->root);
      if (session) compare_names(*session, run);
    }
  }

  /// A session that reads the files below `root`; nothing when it isn't there (any more).
  [[nodiscard]] std::optional<Session> open_repository(const std::string& root) const {
    try {
      FunctionSet functions = file_functions(files_of_folder(root), kMostFileBytes);
      functions.scalars.push_back(text_at_function(root, kMostFileBytes));
      return open(std::move(functions));
    } catch (const Error& error) {
      if (!is_of_the_lake(error)) throw;
      return std::nullopt;
    }
  }

  void compare_names(const Session& session, const Run& run) {
    for (const auto& [table, pins] : pins_of({run})) {
      if (!unreadable_.contains(table)) register_pinned(session, table, pins);
    }
    // Bytes of UTF-16 that look like ASCII are none.
    const Expr encoding = call("coalesce", {col("encoding"), lit("")});
    const DataFrame files = session.table("files")
                                .filter(!call("starts_with", {encoding, lit("utf-16")}))
                                .select({"file_id", "path", "content_hash", "size_bytes"});
    register_by_bytes(session, "listed_files", files.schema(), files.collect(interrupt_),
                      std::thread::hardware_concurrency());
    const DataFrame unchanged =
        session.sql(kUnchangedFiles, {}, interrupt_).stage(kMostStagedBytes, interrupt_);
    report_.files_compared += unchanged.count(interrupt_);
    IoAdapter(session).register_view("unchanged_files", unchanged);
    for (const Dataset& dataset : datasets()) {
      if (can_check(session, dataset)) run_all(session, dataset, text_checks(dataset));
    }
  }

  const Lake& lake_;
  LakeLayout layout_;
  const Interrupt& interrupt_;
  Session session_;
  std::set<std::string> unreadable_;  ///< Tables that nothing more is asked of.
  CheckReport report_;
};

}  // namespace

CheckReport check(const Lake& lake, const Interrupt& interrupt) {
  return LakeCheck(lake, interrupt).execute();
}

}  // namespace alluvium::code
