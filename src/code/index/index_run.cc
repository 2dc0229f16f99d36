#include "code/index/index_run.h"

#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "code/index/early_lake.h"
#include "code/index/known_files.h"
#include "code/index/lake_folder.h"
#include "code/index/repository_name.h"
#include "code/index/run_decision.h"
#include "code/index/run_session.h"
#include "code/index/run_work.h"
#include "code/publish/checkpoints.h"
#include "code/publish/run_lock.h"
#include "code/publish/run_rows.h"
#include "code/publish/shipped_views.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

void begin_scip(const IndexRequest& request, PhaseLog& log) {
  if (!request.scip_command.empty()) {
    log.begin("run SCIP indexer");
  } else if (!request.scip.empty()) {
    log.begin("read SCIP index");
  }
}

/// The folder of the work tree that is listed; empty for a commit, and where there is none.
fs::path work_tree(const IndexRequest& request) {
  if (!request.revision.empty()) return {};
  std::error_code failure;
  fs::path root = fs::canonical(request.repository, failure);
  return failure ? fs::path() : root;
}

/// Makes the lake what a run of `identity`, which has its lock, adds to. Returns what is published:
/// `read`, if that is the latest.
PublishedRuns enter_lake(const Session& session, const LakeLayout& lake,
                         const KnownRepository& identity, std::optional<PublishedRuns> read,
                         const Interrupt& interrupt) {
  PublishedRuns runs;
  // What is in the lake may have changed while another run had the lock.
  // (A lake of a newer format is refused before anything is written to it.)
  const bool begun = lake.state() == LakeState::Begun;
  if (begun) {
    const bool is_read = read && is_latest(lake, read->version);
    runs = is_read ? *std::move(read) : read_runs(session, lake, interrupt);
  }
  const bool unrecorded = check_name(identity, lake, known_repositories(session, lake, interrupt));
  create_if_missing(session, lake, repos_declaration(), interrupt);
  create_if_missing(session, lake, runs_declaration(), interrupt);
  if (unrecorded) record_repository(session, lake, identity, interrupt);
  if (!begun) runs = read_runs(session, lake, interrupt);
  return runs;
}

/// Decides what there is to do, does it, and leaves the lake ready for readers and the next run.
IndexReport index_files(const RunBasis& basis, UtcMicros started, PublishedRuns& runs) {
  const RunDecision decision = decide(basis, runs, started);
  IndexReport report = carry_out(basis, decision, started, runs);
  remember_files(basis, decision.known, decision.work, report.run);
  basis.log.begin("views");
  refresh_shipped_views(basis.session, basis.lake, runs, basis.interrupt);
  if (!report.unchanged) {
    basis.log.begin("checkpoints");
    make_checkpoints(basis.session, basis.lake, report.run.versions, basis.interrupt);
  }
  report.phase_seconds = basis.log.finish();
  report.peak_memory = basis.session.memory().peak;
  return report;
}

}  // namespace

IndexReport run_index(const IndexRequest& request, const IndexAttempt& attempt,
                      const std::function<void(const IndexProgress&)>& progress,
                      const Interrupt& interrupt) {
  const TableChoice choice(request.only);
  const UtcMicros started = utc_now();
  PhaseLog log(progress);
  const auto files_read = std::make_shared<std::atomic<std::uint64_t>>(0);
  begin_scip(request, log);
  const NamedInputs inputs = open_named_inputs(request, log, interrupt);
  log.begin("list files");
  const LakeLayout lake(lake_folder(request));
  const auto open_session = [&](const std::shared_ptr<const FileSource>& files) {
    return open_run_session(request, inputs, files, lake, files_read);
  };
  const fs::path root = work_tree(request);
  std::optional<EarlyLake> early;
  if (!root.empty()) {
    early.emplace(lake, [&] { return open_session(files_of_folder(root)); }, interrupt);
  }
  const Repository repository = open_repository(request, inputs.scip.get(), interrupt);
  log.begin("open lake");
  lake.prepare();
  ReadLake read = early ? early->take() : ReadLake();
  // Its session reads the files of that folder.
  if (root != repository.root()) read = ReadLake();
  const Session session = read.session ? *read.session : open_session(repository.files());

  const KnownRepository identity = identify_repository(
      request.repo, repository, lake,
      read.repositories ? *read.repositories : known_repositories(session, lake, interrupt));
  const RunLock lock = RunLock::acquire(
      lake, identity.repo, request.wait,
      [&](const std::string& owner) {
        log.begin("wait for " + owner);
        read.runs.reset();
      },
      interrupt);
  PublishedRuns runs = enter_lake(session, lake, identity, std::move(read.runs), interrupt);

  return index_files({.request = request,
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
                     started, runs);
}

}  // namespace alluvium::code
