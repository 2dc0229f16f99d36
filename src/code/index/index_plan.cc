#include "alluvium/code/index_plan.h"

#include <utility>

#include "alluvium/error.h"
#include "code/index/dataset_frames.h"
#include "code/index/lake_folder.h"
#include "code/index/listing_tables.h"
#include "code/index/planned_files.h"
#include "code/index/planned_tables.h"
#include "code/index/repository_name.h"
#include "code/index/run_decision.h"
#include "code/index/run_session.h"
#include "code/publish/table_pins.h"

namespace alluvium::code {
namespace {

/// Of the tables that nothing is done with otherwise, those that have other rows in the last run
/// than in the one that the run goes back to.
void add_restored(const RunDecision& decision, const Run& last, IndexPlan& plan) {
  if (!decision.goes_back()) return;
  plan.goes_back_to = decision.before->run_id;
  plan.last_run_id = last.run_id;
  for (PlannedTable& table : plan.tables) {
    const auto pin = decision.before->versions.find(table.table);
    if (pin == decision.before->versions.end() || pins(last, table.table, pin->second)) continue;
    if (table.work == TableWork::Untouched) table.work = TableWork::Restored;
  }
}

IndexPlan plan_of(const RunBasis& basis, const PublishedRuns& runs) {
  const Listing& listing = basis.repository.listing();
  RunDecision decision = decide(basis, runs, utc_now());
  IndexPlan plan{.work = decision.work,
                 .last_run_id = decision.before ? decision.before->run_id : "",
                 .rebuild_reason = decision.run.rebuild_reason,
                 .files = listing.sources.size(),
                 .bytes = listing.source_bytes(),
                 .tables = planned_tables(decision.work)};
  std::erase_if(plan.tables,
                [&](const PlannedTable& table) { return !basis.choice.has(table.table); });
  if (const Run* const last = runs.find_last(basis.repo)) add_restored(decision, *last, plan);
  plan.run = std::move(decision.run);
  register_listing_tables(basis.session, basis.repo, listing, basis.inputs.environment.get());
  register_modules(basis.session, basis.interrupt);
  if (decision.changes) {
    register_files_before(basis.session, basis.lake, *decision.before, basis.interrupt);
  }
  add_planned_files(basis.session, decision.changes, plan, basis.interrupt);
  return plan;
}

}  // namespace

IndexPlan plan_index(const IndexRequest& request,
                     const std::function<void(const IndexProgress&)>& progress,
                     const Interrupt& interrupt) {
  const TableChoice choice(request.only);
  if (!request.scip_command.empty()) {
    throw Error(ErrorCode::InvalidArgument,
                "a plan runs nothing, so the SCIP index has to be given as a file");
  }
  PhaseLog log(progress);
  const auto files_read = std::make_shared<std::atomic<std::uint64_t>>(0);
  const NamedInputs inputs = open_named_inputs(request, log, interrupt);
  log.begin("list files");
  const Repository repository = open_repository(request, inputs.scip.get(), interrupt);
  const LakeLayout lake(lake_folder(request));
  lake.check_free();
  const Session session = open_run_session(request, inputs, repository.files(), lake, files_read);
  const std::vector<KnownRepository> known = known_repositories(session, lake, interrupt);
  const KnownRepository identity = identify_repository(request.repo, repository, lake, known);
  check_name(identity, lake, known);
  const PublishedRuns runs =
      lake.state() == LakeState::Begun ? read_runs(session, lake, interrupt) : PublishedRuns();
  const IndexAttempt attempt;
  return plan_of({.request = request,
                  .choice = choice,
                  .inputs = inputs,
                  .repository = repository,
                  .repo = identity.repo,
                  .lake = lake,
                  .session = session,
                  .attempt = attempt,
                  .files_read = files_read,
                  .log = log,
                  .interrupt = interrupt},
                 runs);
}

}  // namespace alluvium::code
