#include "code/index/run_work.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "alluvium/error.h"
#include "code/index/listing_tables.h"
#include "code/index/run_resources.h"
#include "code/index/table_builds.h"
#include "code/lake/pinned_table.h"
#include "code/publish/partial_run.h"
#include "code/publish/run_id.h"
#include "code/repository/interruption.h"

namespace alluvium::code {
namespace {

/// Makes the tables those of `earlier` again, where those of `last` are the newest. Returns it with
/// the pins that they have then. Throws `EarlierRunLost`.
Run go_back(const RunBasis& basis, const Run& earlier, const Run& run, const Run& last) {
  TableCommits commits(basis.session, basis.lake, run, &last, basis.log, basis.interrupt);
  commits.go_back(earlier);
  try {
    Run back = earlier;
    for (const auto& [table, version] : commits.finish().versions) back.versions[table] = version;
    return back;
  } catch (const Error&) {
    throw_if_interrupted(basis.interrupt, "going back to an earlier run");
    throw EarlierRunLost();
  }
}

/// Makes the tables and commits them, starting from those of `before`; fills in the run's pins and
/// counts. Returns of how many files names were resolved.
std::uint64_t make_tables(const RunBasis& basis, const RunDecision& decision,
                          const std::optional<Run>& before, Run& run) {
  const ScipFile* const scip = basis.inputs.scip.get();
  register_listing_tables(basis.session, run.repo, basis.repository.listing(),
                          basis.inputs.environment.get());
  const bool looks_back = before && !basis.request.force;
  const TableBuild build{.session = basis.session,
                         .lake = basis.lake,
                         .repository = basis.repository,
                         .scip = scip,
                         .run = run,
                         .choice = basis.choice,
                         .before = looks_back ? &*before : nullptr,
                         .partitions = partitions_of(basis.request),
                         .memory = stage_memory(basis.request, scip),
                         .files_read = basis.files_read,
                         .log = basis.log,
                         .interrupt = basis.interrupt};
  BuiltTables built = decision.work == IndexWork::Update ? update_tables(build, *decision.changes)
                                                         : rebuild_tables(build);
  run.versions = std::move(built.committed.versions);
  run.counts = std::move(built.committed.counts);
  return built.files_resolved;
}

/// The problems that `run` has in `diagnostics`, by severity.
std::map<std::string, std::uint64_t> count_diagnostics(const RunBasis& basis, const Run& run) {
  std::map<std::string, std::uint64_t> problems;
  const auto counted = run.counts.find("diagnostics");
  if (counted == run.counts.end() || counted->second == 0) return problems;
  const DataFrame counts =
      read_pinned(basis.session, basis.lake, "diagnostics",
                  {{run.versions.at("diagnostics"), {run.repo}}}, basis.interrupt)
          .aggregate({col("severity")}, {call("count", {lit(1)}).alias("problems")});
  for (const RecordBatch& batch : counts.collect(basis.interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      problems[std::string(batch.column("severity").bytes(row))] =
          static_cast<std::uint64_t>(batch.column("problems").int64(row));
    }
  }
  return problems;
}

void publish(const RunBasis& basis, PublishedRuns& runs, Run& run) {
  basis.log.begin("publish");
  throw_if_interrupted(basis.interrupt, "publishing");
  run.finished_at = utc_text(runs.end_of_next(run.repo, utc_now()));
  runs.add(run, append_run(basis.session, basis.lake, run, basis.interrupt));
}

/// A report that says of the files how many there are, and how many are others than before.
IndexReport report_of_files(const Listing& listing, const RunDecision& decision) {
  IndexReport report{.files = listing.sources.size(), .bytes = listing.source_bytes()};
  if (decision.changes) {
    report.files_added = decision.changes->added.size();
    report.files_changed = decision.changes->changed.size();
    report.files_removed = decision.changes->removed.size();
  } else if (decision.work == IndexWork::Rebuild) {
    report.files_added = report.files;
  }
  return report;
}

}  // namespace

IndexReport carry_out(const RunBasis& basis, const RunDecision& decision, UtcMicros started,
                      PublishedRuns& runs) {
  IndexReport report = report_of_files(basis.repository.listing(), decision);
  if (decision.work == IndexWork::Nothing) {
    report.unchanged = true;
    report.run = *decision.before;
    return report;
  }
  Run run = decision.run;
  run.run_id = new_run_id(started);
  std::optional<Run> before = decision.before;
  if (decision.goes_back()) {
    report.went_back_to = before->run_id;
    before = go_back(basis, *before, run, *runs.find_last(run.repo));
  }
  if (decision.work == IndexWork::Revision) {
    // It has the same part of the tables.
    if (is_partial(*before)) run.rebuild_reason = before->rebuild_reason;
    run.versions = before->versions;
    run.counts = before->counts;
  } else {
    report.files_resolved = make_tables(basis, decision, before, run);
  }
  report.diagnostics = count_diagnostics(basis, run);
  publish(basis, runs, run);
  report.run = std::move(run);
  return report;
}

}  // namespace alluvium::code
