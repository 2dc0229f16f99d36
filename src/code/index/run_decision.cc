#include "code/index/run_decision.h"

#include <string>
#include <utility>

#include "alluvium/error.h"
#include "code/index/known_files.h"
#include "code/index/nearest_run.h"
#include "code/index/run_resources.h"
#include "code/index/settings_hash.h"
#include "code/index/table_builds.h"
#include "code/publish/partial_run.h"
#include "code/repository/interruption.h"

namespace alluvium::code {
namespace {

Run run_to_be(const RunBasis& basis, const Run* last, UtcMicros started) {
  const Revision& revision = basis.repository.revision();
  return {.repo = basis.repo,
          .parent_run_id = last == nullptr ? "" : last->run_id,
          .kind = basis.request.revision.empty() ? "worktree" : "commit",
          .ref = revision.branch,
          .source_revision = revision.commit,
          .dirty = revision.dirty,
          .started_at = utc_text(started),
          .settings_hash = settings_hash(basis.request, basis.repository.listing(),
                                         basis.inputs.scip.get(), basis.inputs.environment.get())};
}

/// The run that has the commit of `run` already, with the rows that `run` would make of it.
std::optional<Run> known_commit(const RunBasis& basis, const PublishedRuns& runs, const Run& run) {
  if (basis.request.revision.empty() || basis.request.force) return std::nullopt;
  for (Run& other : read_history(basis.session, basis.lake, runs.version, basis.interrupt)) {
    if (other.repo == run.repo && other.kind == "commit" &&
        other.source_revision == run.source_revision && other.settings_hash == run.settings_hash) {
      return std::move(other);
    }
  }
  return std::nullopt;
}

/// How `files` differ from those of `before`; nothing where that can't be told.
std::optional<FileChanges> compare(const RunBasis& basis, const Run& before,
                                   const std::optional<StatCache>& known, PresentFiles& files) {
  basis.log.begin("compare files", basis.repository.listing().sources.size());
  const CountWatch watch(basis.log, basis.files_read);
  try {
    return files.compare(
        known ? known->files
              : read_published_files(basis.session, basis.lake, before, basis.interrupt));
  } catch (const Error&) {
    // By force a lake is made anew whose published tables can't be read any more.
    if (!basis.request.force) throw;
    throw_if_interrupted(basis.interrupt, "comparing files");
    return std::nullopt;
  }
}

bool is_of_same_revision(const Run& a, const Run& b) {
  return a.kind == b.kind && a.ref == b.ref && a.source_revision == b.source_revision &&
         a.dirty == b.dirty;
}

/// Why all tables are made anew; empty where only what changed is.
std::string rebuild_reason(const RunBasis& basis, const Run& run, const Run* before) {
  const IndexRequest& request = basis.request;
  if (!basis.choice.is_all()) {
    std::string reason(kPartReason);
    for (const std::string& table : request.only) reason += " " + table;
    return reason;
  }
  if (before != nullptr && is_partial(*before) && !request.force) {
    return "the last run made a part of the tables (" + before->rebuild_reason + ")";
  }
  if (before == nullptr) return "the first run";
  if (request.force) return "--force";
  if (!can_update(*before)) return "the last run is of an older format";
  if (settings_of_files(before->settings_hash) != settings_of_files(run.settings_hash)) {
    return "another version of the program, or other settings, source roots, files left out, "
           "problems of the environment or SCIP index";
  }
  return basis.inputs.scip ? "a SCIP index" : "";
}

/// Starts from an earlier run than `last` where that is less to do.
void choose_start(const RunBasis& basis, const PublishedRuns& runs, const Run& last,
                  PresentFiles& files, RunDecision& decision) {
  const bool can_start_elsewhere = basis.attempt.start == StartingRun::Nearest &&
                                   !basis.request.force && basis.choice.is_all() &&
                                   !basis.inputs.scip;
  if (!can_start_elsewhere || !decision.changes) return;
  const std::size_t work = decision.work == IndexWork::Update
                               ? decision.changes->count()
                               : basis.repository.listing().sources.size();
  std::optional<NearestRun> nearest = nearest_run(basis, runs, decision.run, last, work, files);
  if (!nearest) return;
  decision.run.rebuild_reason.clear();
  decision.work = nearest->changes.any() ? IndexWork::Update : IndexWork::Revision;
  decision.before = std::move(nearest->run);
  decision.known = std::move(nearest->known);
  decision.changes = std::move(nearest->changes);
}

}  // namespace

RunDecision decide(const RunBasis& basis, const PublishedRuns& runs, UtcMicros started) {
  // Its tables are the newest, whatever was indexed.
  const Run* const last = runs.find_last(basis.repo);
  RunDecision decision{.run = run_to_be(basis, last, started)};
  Run& run = decision.run;
  if (std::optional<Run> known = known_commit(basis, runs, run)) {
    decision.before = std::move(known);
    decision.work = IndexWork::Nothing;
    return decision;
  }
  if (last == nullptr) {
    run.rebuild_reason = rebuild_reason(basis, run, last);
    return decision;
  }
  decision.before = *last;
  decision.known = known_files(basis, *last);
  PresentFiles files(basis.session, basis.repo, basis.repository.listing(),
                     decision.known ? &*decision.known : nullptr, partitions_of(basis.request),
                     basis.interrupt);
  decision.changes = compare(basis, *last, decision.known, files);
  const bool same_rows = decision.changes && !basis.request.force && !decision.changes->any() &&
                         last->settings_hash == run.settings_hash;
  if (same_rows) {
    decision.work = is_of_same_revision(*last, run) ? IndexWork::Nothing : IndexWork::Revision;
    return decision;
  }
  run.rebuild_reason = rebuild_reason(basis, run, last);
  if (run.rebuild_reason.empty()) decision.work = IndexWork::Update;
  choose_start(basis, runs, *last, files, decision);
  return decision;
}

}  // namespace alluvium::code
