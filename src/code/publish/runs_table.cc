#include "code/publish/runs_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "alluvium/delta/provider.h"
#include "alluvium/delta/write.h"
#include "alluvium/error.h"
#include "code/publish/repository_rows.h"
#include "code/publish/run_rows.h"
#include "code/publish/table_properties.h"
#include "code/publish/utc_time.h"

namespace alluvium::code {
namespace {

/// Each run is a data file at first, and every run reads them all.
constexpr std::int64_t kRunsToCompact = 32;

/// Without those of maintenance, which have the pins of another one.
constexpr std::string_view kAllRuns = "SELECT * FROM published_runs WHERE kind <> 'maintenance'";

/// Of each repository the newest run of a commit, the newest of maintenance, and the newest other
/// one.
constexpr std::string_view kNewestRuns = R"sql(
SELECT * FROM (
  SELECT *, row_number() OVER (
    PARTITION BY repo, kind = 'commit', kind = 'maintenance'
    ORDER BY finished_at DESC, run_id DESC) AS place
  FROM published_runs)
WHERE place = 1)sql";

void put(const Run& run, std::vector<Run>& runs) {
  std::erase_if(runs, [&](const Run& before) { return before.repo == run.repo; });
  runs.push_back(run);
  std::ranges::sort(runs, {}, &Run::repo);
}

}  // namespace

const Run* PublishedRuns::find(std::string_view repo) const {
  for (const Run& run : current) {
    if (run.repo == repo) return &run;
  }
  return nullptr;
}

const Run* PublishedRuns::find_last(std::string_view repo) const {
  const auto found = std::ranges::find(last, repo, &Run::repo);
  return found == last.end() ? nullptr : &*found;
}

UtcMicros PublishedRuns::end_of_next(std::string_view repo, UtcMicros now) const {
  const auto newest = newest_row.find(repo);
  return newest == newest_row.end() ? now : std::max(now, newest->second + 1);
}

void PublishedRuns::add(const Run& run, std::int64_t published_as) {
  if (published_as != version + 1) return;
  version = published_as;
  newest_row[run.repo] = utc_micros(run.finished_at);
  put(run, last);
  const Run* const before = find(run.repo);
  const bool is_older = run.kind == "commit" && before != nullptr && before->kind != "commit";
  if (!is_older) put(run, current);
}

PublishedRuns read_runs(const Session& session, const LakeLayout& lake,
                        const Interrupt& interrupt) {
  const delta::ProviderBundle table =
      delta::provider_from_session(session, {.table_uri = lake.uri("runs")}, interrupt);
  check_format(table.snapshot);
  PublishedRuns runs;
  runs.version = table.snapshot.version;
  // Of each repository, beside maintenance, at most two: the newest of a commit, then the newest of
  // a work tree.
  for (Run& run : read_run_rows(session, table, kNewestRuns, "repo, kind <> 'commit'", interrupt)) {
    UtcMicros& newest = runs.newest_row[run.repo];
    newest = std::max(newest, utc_micros(run.finished_at));
    if (run.kind == "maintenance") continue;
    check_run_format(lake, run);
    if (runs.current.empty() || runs.current.back().repo != run.repo) {
      runs.last.push_back(run);
      runs.current.push_back(std::move(run));
      continue;
    }
    if (runs.last.back().finished_at <= run.finished_at) runs.last.back() = run;
    runs.current.back() = std::move(run);
  }
  return runs;
}

bool is_latest(const LakeLayout& lake, std::int64_t version) {
  const auto is_there = [&](std::int64_t commit, std::error_code& failure) {
    return std::filesystem::exists(
        lake.table("runs") / "_delta_log" / fmt::format("{:020}.json", commit), failure);
  };
  std::error_code failure;
  // gc may have removed both: it takes the log from its beginning.
  return !is_there(version + 1, failure) && !failure && is_there(version, failure);
}

std::vector<Run> read_history(const Session& session, const LakeLayout& lake, std::int64_t version,
                              const Interrupt& interrupt) {
  const delta::ProviderBundle table = delta::provider_from_session(
      session, {.table_uri = lake.uri("runs"), .version = version}, interrupt);
  check_format(table.snapshot);
  return read_run_rows(session, table, kAllRuns, "finished_at, run_id", interrupt);
}

void check_run_format(const LakeLayout& lake, const Run& run) {
  if (run.format_version <= kLakeFormat) return;
  throw Error(ErrorCode::Unsupported,
              "the run " + run.run_id + " of `" + run.repo + "` in `" + lake.folder().string() +
                  "` was made by a newer alluvium (format " + std::to_string(run.format_version) +
                  "); update alluvium",
              false, {{"repo", run.repo}});
}

std::int64_t append_run(const Session& session, const LakeLayout& lake, const Run& run,
                        const Interrupt& interrupt) {
  return delta::write(
             session, run_row(session, run, interrupt),
             {.table_uri = lake.uri("runs"),
              // The table of an older format lacks columns.
              .schema_mode = delta::SchemaMode::Merge,
              .commit = {.metadata = {{"alluvium.run", run.run_id}, {"alluvium.repo", run.repo}},
                         .mutation = of_lake(),
                         .maintenance =
                             delta::MaintenancePolicy{.compact_after_commits = kRunsToCompact}}},
             interrupt)
      .version;
}

Expr is_before(const std::vector<Run>& runs) {
  std::optional<Expr> before;
  for (const Run& run : runs) {
    const Expr older = col("repo") == lit(run.repo) &&
                       col("finished_at") < lit_integer(utc_micros(run.finished_at), utc_type());
    before = before ? *before || older : older;
  }
  return before ? *before : lit(false);
}

std::int64_t remove_runs(const Session& session, const LakeLayout& lake,
                         const std::vector<Run>& oldest_kept, const std::vector<Run>& maintenance,
                         const Interrupt& interrupt) {
  std::string replaced;
  for (const Run& run : oldest_kept) {
    replaced += (replaced.empty() ? "" : " OR ") + rows_of(run.repo);
  }
  // Planned anew on what is there, should another program publish meanwhile.
  const auto rows = [&](const Session& planning) {
    std::vector<Expr> repos;
    for (const Run& run : oldest_kept) repos.push_back(lit(run.repo));
    DataFrame left =
        planning
            .read(delta::provider_from_session(planning, {.table_uri = lake.uri("runs")}, interrupt)
                      .provider)
            .filter(col("repo").in_list(repos) && !is_before(oldest_kept) &&
                    col("kind") != lit("maintenance"));
    for (const Run& run : maintenance) {
      left = left.union_by_name(run_row(planning, run, interrupt));
    }
    return left;
  };
  return delta::write(session, rows,
                      {.table_uri = lake.uri("runs"),
                       .mode = delta::SaveMode::Overwrite,
                       .schema_mode = delta::SchemaMode::Merge,
                       .replace_where = replaced,
                       .commit = {.mutation = of_lake()}},
                      interrupt)
      .version;
}

}  // namespace alluvium::code
