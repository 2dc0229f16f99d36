#include "alluvium/code/index.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "alluvium/code/index_plan.h"
#include "alluvium/error.h"
#include "code/datasets/datasets.h"
#include "code/environment/environment.h"
#include "code/environment/installed_module.h"
#include "code/extract/python_extractor.h"
#include "code/identity/digest_facts.h"
#include "code/identity/fact_id.h"
#include "code/identity/identify_facts.h"
#include "code/index/dataset_frames.h"
#include "code/index/early_lake.h"
#include "code/index/file_changes.h"
#include "code/index/lake_folder.h"
#include "code/index/listing_tables.h"
#include "code/index/phase_log.h"
#include "code/index/planned_files.h"
#include "code/index/planned_tables.h"
#include "code/index/repository_name.h"
#include "code/index/scip_frames.h"
#include "code/index/stat_cache.h"
#include "code/index/table_builds.h"
#include "code/lake/pinned_table.h"
#include "code/publish/checkpoints.h"
#include "code/publish/lake_layout.h"
#include "code/publish/partial_run.h"
#include "code/publish/run_id.h"
#include "code/publish/run_lock.h"
#include "code/publish/runs_table.h"
#include "code/publish/shipped_views.h"
#include "code/publish/utc_time.h"
#include "code/repository/interruption.h"
#include "code/repository/read_file.h"
#include "code/repository/repository.h"
#include "code/scip/scip_command.h"
#include "code/scip/scip_facts.h"
#include "code/scip/scip_file.h"
#include "code/scip/scip_tables.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

/// No source file is larger, however generous the request: extraction's own bound.
constexpr std::uint64_t kMostFileBytes = std::uint64_t{256} << 20;

/// How often files that change while they are indexed are looked at again.
constexpr int kMostAttempts = 4;

std::size_t partitions_of(const IndexRequest& request) {
  if (request.target_partitions > 0) return request.target_partitions;
  return std::max(1U, std::thread::hardware_concurrency());
}

/// Bytes of staged rows that are kept in memory; beyond, they spill.
std::uint64_t stage_memory(const IndexRequest& request) {
  if (request.memory_limit > 0) return request.memory_limit / 2;
  const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE)) / 4;
}

std::shared_ptr<const ScipFile> open_scip(const IndexRequest& request, const Interrupt& interrupt) {
  if (!request.revision.empty() && !(request.scip.empty() && request.scip_command.empty())) {
    throw Error(ErrorCode::InvalidArgument,
                "a SCIP index is of the work tree, and can't be given for a revision");
  }
  if (!request.scip_command.empty()) {
    if (!request.scip.empty()) {
      throw Error(ErrorCode::InvalidArgument,
                  "a SCIP index and a command that makes one can't both be given");
    }
    return std::make_shared<const ScipFile>(run_scip_command(
        request.scip_command, request.repository, request.max_scip_bytes, interrupt));
  }
  if (request.scip.empty()) return nullptr;
  return std::make_shared<const ScipFile>(
      ScipFile::open(request.scip, request.max_scip_bytes, interrupt));
}

/// The commit that `request` names, by its full name.
std::string commit_of(const IndexRequest& request, const Interrupt& interrupt) {
  const std::vector<std::string> commits =
      Repository::commits(request.repository, request.revision, interrupt);
  if (commits.size() == 1) return commits.front();
  throw Error(ErrorCode::InvalidArgument,
              "`" + request.revision + "` is " + std::to_string(commits.size()) +
                  " commits, where one is to be indexed",
              false, {{"revision", request.revision}});
}

Repository open_repository(const IndexRequest& request, const ScipFile* scip,
                           const Interrupt& interrupt) {
  if (!request.revision.empty()) {
    return Repository::at(request.repository, commit_of(request, interrupt), interrupt);
  }
  Repository repository = Repository::open(request.repository, lake_folder(request), interrupt,
                                           scip == nullptr ? OtherSources() : scip_sources(*scip));
  if (repository.listing().sources.empty()) {
    throw Error(ErrorCode::InvalidArgument,
                "there is no Python source file in `" + repository.root().string() +
                    "` (files that git ignores don't count); name the folder of a Python project",
                false, {{"path", repository.root().string()}});
  }
  if (scip != nullptr) check_scip_root(*scip, repository);
  return repository;
}

/// One call of `index`.
class IndexRun {
 public:
  /// With `reads_all` every file is read, whatever is known of it.
  IndexRun(const IndexRequest& request, const std::function<void(const IndexProgress&)>& progress,
           const Interrupt& interrupt, bool reads_all = false)
      : request_(request),
        interrupt_(interrupt),
        reads_all_(reads_all || request.force || !request.revision.empty()),
        log_(progress) {}

  /// Tells what `execute` would do.
  IndexPlan plan() {
    if (!request_.scip_command.empty()) {
      throw Error(ErrorCode::InvalidArgument,
                  "a plan runs nothing, so the SCIP index has to be given as a file");
    }
    scip_ = open_scip(request_, interrupt_);
    read_environment();
    log_.begin("list files");
    const Repository repository = open_repository(request_, scip_.get(), interrupt_);
    const LakeLayout lake(lake_folder(request_));
    lake.check_free();
    session_ = open_session(repository.files(), lake);
    const std::vector<KnownRepository> known = read_known(lake);
    const KnownRepository identity = identify_repository(request_.repo, repository, lake, known);
    check_name(identity, lake, known);
    if (lake.state() == LakeState::Begun) runs_ = read_runs(*session_, lake, interrupt_);
    count_files(repository);
    Decision decision = decide(repository, lake, identity.repo, utc_now());
    IndexPlan plan{.work = decision.work,
                   .last_run_id = decision.before ? decision.before->run_id : "",
                   .rebuild_reason = decision.run.rebuild_reason,
                   .files = report_.files,
                   .bytes = report_.bytes,
                   .tables = planned_tables(decision.work)};
    std::erase_if(plan.tables,
                  [&](const PlannedTable& table) { return !choice_.has(table.table); });
    plan.run = std::move(decision.run);
    register_listing_tables(*session_, plan.run.repo, repository.listing(), environment_.get());
    register_modules(*session_, interrupt_);
    if (decision.changes) register_files_before(*session_, lake, *decision.before, interrupt_);
    add_planned_files(*session_, decision.changes, plan, interrupt_);
    return plan;
  }

  IndexReport execute() {
    const UtcMicros started = utc_now();
    if (!request_.scip_command.empty()) {
      log_.begin("run SCIP indexer");
    } else if (!request_.scip.empty()) {
      log_.begin("read SCIP index");
    }
    scip_ = open_scip(request_, interrupt_);
    read_environment();
    log_.begin("list files");
    const LakeLayout lake(lake_folder(request_));
    const fs::path root = early_root();
    std::optional<EarlyLake> early;
    if (!root.empty()) {
      early.emplace(lake, [&] { return open_session(files_of_folder(root), lake); }, interrupt_);
    }
    const Repository repository = open_repository(request_, scip_.get(), interrupt_);
    log_.begin("open lake");
    lake.prepare();
    ReadLake read = early ? early->take() : ReadLake();
    // Its session reads the files of that folder.
    if (root != repository.root()) read = ReadLake();
    session_ = read.session ? read.session : open_session(repository.files(), lake);

    std::vector<KnownRepository> known = read.repositories ? *read.repositories : read_known(lake);
    const KnownRepository identity = identify_repository(request_.repo, repository, lake, known);
    const RunLock lock = RunLock::acquire(
        lake, identity.repo, request_.wait,
        [&](const std::string& owner) {
          log_.begin("wait for " + owner);
          read.runs.reset();
        },
        interrupt_);
    // What is in the lake may have changed while another run had the lock.
    // (A lake of a newer format is refused before anything is written to it.)
    const bool begun = lake.state() == LakeState::Begun;
    if (begun) {
      const bool is_read = read.runs && is_latest(lake, read.runs->version);
      runs_ = is_read ? *std::move(read.runs) : read_runs(*session_, lake, interrupt_);
    }
    known = read_known(lake);
    const bool unrecorded = check_name(identity, lake, known);
    create_if_missing(*session_, lake, repos_declaration(), interrupt_);
    create_if_missing(*session_, lake, runs_declaration(), interrupt_);
    if (unrecorded) record_repository(*session_, lake, identity, interrupt_);
    if (!begun) runs_ = read_runs(*session_, lake, interrupt_);

    count_files(repository);
    index(repository, lake, identity.repo, started);
    log_.begin("views");
    refresh_shipped_views(*session_, lake, runs_, interrupt_);
    if (!report_.unchanged) {
      log_.begin("checkpoints");
      make_checkpoints(*session_, lake, report_.run.versions, interrupt_);
    }
    report_.phase_seconds = log_.finish();
    report_.peak_memory = session_->memory().peak;
    return report_;
  }

 private:
  void read_environment() {
    if (request_.environment.empty()) return;
    log_.begin("read environment");
    environment_ =
        std::make_shared<const Environment>(Environment::read(request_.environment, interrupt_));
  }

  /// The folder of the work tree that is listed; empty for a commit, and where there is none.
  [[nodiscard]] fs::path early_root() const {
    if (!request_.revision.empty()) return {};
    std::error_code failure;
    fs::path root = fs::canonical(request_.repository, failure);
    return failure ? fs::path() : root;
  }

  [[nodiscard]] Session open_session(const std::shared_ptr<const FileSource>& files,
                                     const LakeLayout& lake) const {
    const ExtractLimits limits{.max_bytes = std::min(request_.max_file_bytes, kMostFileBytes),
                               .parse_timeout = request_.parse_timeout};
    ScalarFunction parse = parse_python_function(limits);
    ScalarFunction identify = identify_facts_function(parse.returns.type);
    RuntimeProfile profile = RuntimeProfile::trusted();
    // Registrations would each take a snapshot of the catalog.
    profile.enable_information_schema = false;
    profile.target_partitions = partitions_of(request_);
    profile.memory_limit = request_.memory_limit;
    profile.allowed_roots = {lake.folder().string()};
    profile.confine = true;
    profile.settings = dataset_settings();
    profile.functions = file_functions(files, kMostFileBytes, files_read_);
    profile.functions.scalars.push_back(std::move(parse));
    profile.functions.scalars.push_back(std::move(identify));
    profile.functions.scalars.push_back(digest_facts_function());
    profile.functions.scalars.push_back(fact_id_function());
    profile.functions.scalars.push_back(installed_module_function(environment_));
    if (scip_) profile.functions.scalars.push_back(read_scip_function(scip_));
    return profile.open_session();
  }

  void count_files(const Repository& repository) {
    report_.files = repository.listing().sources.size();
    for (const SourceFile& file : repository.listing().sources) {
      report_.bytes += static_cast<std::uint64_t>(file.size_bytes);
    }
  }

  std::vector<KnownRepository> read_known(const LakeLayout& lake) {
    return lake.state() == LakeState::Begun ? read_repos(*session_, lake, interrupt_)
                                            : std::vector<KnownRepository>();
  }

  /// What a run has to do, and with what it does that.
  struct Decision {
    Run run;
    std::optional<Run> before;
    std::optional<FileChanges> changes;
    IndexWork work = IndexWork::Rebuild;
  };

  void index(const Repository& repository, const LakeLayout& lake, const std::string& repo,
             UtcMicros started) {
    Decision decision = decide(repository, lake, repo, started);
    Run& run = decision.run;
    const Run* const before = decision.before ? &*decision.before : nullptr;
    if (before != nullptr && decision.work == IndexWork::Nothing) {
      report_.unchanged = true;
      report_.run = *before;
      remember_files(repository, lake, *before, decision.work);
      return;
    }
    run.run_id = new_run_id(started);
    if (before != nullptr && decision.work == IndexWork::Revision) {
      // It has the same part of the tables.
      if (is_partial(*before)) run.rebuild_reason = before->rebuild_reason;
      run.versions = before->versions;
      run.counts = before->counts;
    } else {
      make_tables(repository, lake, run, before, decision.changes);
      count_diagnostics(lake, run);
    }
    publish(lake, run);
    remember_files(repository, lake, run, decision.work);
  }

  Decision decide(const Repository& repository, const LakeLayout& lake, const std::string& repo,
                  UtcMicros started) {
    Decision decision{.before = last_run(repo)};
    const Run* const before = decision.before ? &*decision.before : nullptr;
    Run& run = decision.run;
    run = {.repo = repo,
           .parent_run_id = before == nullptr ? "" : before->run_id,
           .kind = request_.revision.empty() ? "worktree" : "commit",
           .ref = repository.revision().branch,
           .source_revision = repository.revision().commit,
           .dirty = repository.revision().dirty,
           .started_at = utc_text(started),
           .settings_hash =
               settings_hash(request_, repository.listing(), scip_.get(), environment_.get())};
    if (const auto known = known_commit(lake, run)) {
      decision.before = known;
      decision.work = IndexWork::Nothing;
      return decision;
    }
    if (before == nullptr) {
      report_.files_added = report_.files;
    } else {
      decision.changes = compare(repository, lake, *before);
      const bool same_rows = decision.changes && !request_.force && !decision.changes->any() &&
                             before->settings_hash == run.settings_hash;
      if (same_rows) {
        const bool same_revision = before->kind == run.kind && before->ref == run.ref &&
                                   before->source_revision == run.source_revision &&
                                   before->dirty == run.dirty;
        decision.work = same_revision ? IndexWork::Nothing : IndexWork::Revision;
        return decision;
      }
    }
    run.rebuild_reason = rebuild_reason(run, before);
    if (run.rebuild_reason.empty()) decision.work = IndexWork::Update;
    return decision;
  }

  /// What the run starts from: its tables are the newest, whatever was indexed.
  [[nodiscard]] std::optional<Run> last_run(const std::string& repo) const {
    const Run* const run = runs_.find_last(repo);
    return run == nullptr ? std::nullopt : std::optional<Run>(*run);
  }

  /// The run that has the commit of `run` already, with the rows that `run` would make of it.
  [[nodiscard]] std::optional<Run> known_commit(const LakeLayout& lake, const Run& run) const {
    if (request_.revision.empty() || request_.force) return std::nullopt;
    for (Run& other : read_history(*session_, lake, runs_.version, interrupt_)) {
      if (other.repo == run.repo && other.kind == "commit" &&
          other.source_revision == run.source_revision &&
          other.settings_hash == run.settings_hash) {
        return std::move(other);
      }
    }
    return std::nullopt;
  }

  /// Nothing when the files of `before` can't be read, and needn't be.
  std::optional<FileChanges> compare(const Repository& repository, const LakeLayout& lake,
                                     const Run& before) {
    log_.begin("compare files", report_.files);
    const CountWatch watch(log_, files_read_);
    try {
      const Listing& listing = repository.listing();
      const std::size_t partitions = partitions_of(request_);
      known_ = known_files(repository, lake, before);
      FileChanges changes =
          known_ ? compare_files(*session_, *known_, listing, partitions, interrupt_)
                 : compare_files(*session_, lake, before, listing, partitions, interrupt_);
      report_.files_added = changes.added.size();
      report_.files_changed = changes.changed.size();
      report_.files_removed = changes.removed.size();
      return changes;
    } catch (const Error&) {
      // By force a lake is made anew whose published tables can't be read any more.
      if (!request_.force) throw;
      throw_if_interrupted(interrupt_, "comparing files");
      report_.files_added = report_.files;
      return std::nullopt;
    }
  }

  /// What is known of the files of `before` beside their table, where that may be used.
  [[nodiscard]] std::optional<StatCache> known_files(const Repository& repository,
                                                     const LakeLayout& lake,
                                                     const Run& before) const {
    if (reads_all_) return std::nullopt;
    std::optional<StatCache> known =
        read_stat_cache(lake, before.repo, repository.root().string(), before.run_id);
    // The machine's clock was set back: times that are later than others may be of earlier writes.
    if (known && known->begun_ns > repository.listing().begun_ns) return std::nullopt;
    return known;
  }

  /// Keeps what the next run can know of the files without opening them, now that they are those of
  /// `run`. Where that can't be, it takes more time.
  void remember_files(const Repository& repository, const LakeLayout& lake, const Run& run,
                      IndexWork work) {
    const Listing& listing = repository.listing();
    if (!request_.revision.empty()) return;
    try {
      const std::size_t known = known_ ? count_same_without_a_look(*known_, listing) : 0;
      const bool is_kept = work == IndexWork::Nothing;
      if (is_kept && known == listing.sources.size()) return;
      const bool are_others_as_before = known_ && work != IndexWork::Rebuild;
      const std::optional<StatCache> cache =
          known_of(*session_, lake, run, repository.root().string(), listing,
                   are_others_as_before ? &*known_ : nullptr, interrupt_);
      if (!cache || (is_kept && count_same_without_a_look(*cache, listing) <= known)) return;
      write_stat_cache(lake, *cache);
    } catch (const std::exception&) {
      // The run is published.
    }
  }

  /// Why all tables are made anew; empty where only what changed is.
  [[nodiscard]] std::string rebuild_reason(const Run& run, const Run* before) const {
    if (!choice_.is_all()) {
      std::string reason(kPartReason);
      for (const std::string& table : request_.only) reason += " " + table;
      return reason;
    }
    if (before != nullptr && is_partial(*before) && !request_.force) {
      return "the last run made a part of the tables (" + before->rebuild_reason + ")";
    }
    if (before == nullptr) return "the first run";
    if (request_.force) return "--force";
    if (!can_update(*before)) return "the last run is of an older format";
    if (settings_of_files(before->settings_hash) != settings_of_files(run.settings_hash)) {
      return "another version of the program, or other settings, source roots, files left out, "
             "problems of the environment or SCIP index";
    }
    return scip_ ? "a SCIP index" : "";
  }

  /// Makes the tables and commits them; fills in the run's pins and counts.
  void make_tables(const Repository& repository, const LakeLayout& lake, Run& run,
                   const Run* before, const std::optional<FileChanges>& changes) {
    register_listing_tables(*session_, run.repo, repository.listing(), environment_.get());
    const TableBuild build{.session = *session_,
                           .lake = lake,
                           .repository = repository,
                           .scip = scip_.get(),
                           .run = run,
                           .choice = choice_,
                           .before = request_.force ? nullptr : before,
                           .partitions = partitions_of(request_),
                           // With an index there are three large stages: what it says, its symbols,
                           // and the files' facts.
                           .memory = stage_memory(request_) / (scip_ ? 3 : 1),
                           .files_read = files_read_,
                           .log = log_,
                           .interrupt = interrupt_};
    CommittedTables committed =
        run.rebuild_reason.empty() ? update_tables(build, *changes) : rebuild_tables(build);
    run.versions = std::move(committed.versions);
    run.counts = std::move(committed.counts);
  }

  void count_diagnostics(const LakeLayout& lake, const Run& run) {
    const auto counted = run.counts.find("diagnostics");
    if (counted == run.counts.end() || counted->second == 0) return;
    const DataFrame counts =
        read_pinned(*session_, lake, "diagnostics", {{run.versions.at("diagnostics"), {run.repo}}},
                    interrupt_)
            .aggregate({col("severity")}, {call("count", {lit(1)}).alias("problems")});
    for (const RecordBatch& batch : counts.collect(interrupt_)) {
      for (std::int64_t row = 0; row < batch.row_count(); ++row) {
        report_.diagnostics[std::string(batch.column("severity").bytes(row))] =
            static_cast<std::uint64_t>(batch.column("problems").int64(row));
      }
    }
  }

  void publish(const LakeLayout& lake, Run& run) {
    log_.begin("publish");
    throw_if_interrupted(interrupt_, "publishing");
    run.finished_at = utc_text(runs_.end_of_next(run.repo, utc_now()));
    runs_.add(run, append_run(*session_, lake, run, interrupt_));
    report_.run = run;
  }

  const IndexRequest& request_;
  const TableChoice choice_{request_.only};
  const Interrupt& interrupt_;
  const bool reads_all_;
  PhaseLog log_;
  std::shared_ptr<const ScipFile> scip_;            // null without an index
  std::shared_ptr<const Environment> environment_;  // null where none was given
  std::optional<Session> session_;
  PublishedRuns runs_;
  std::optional<StatCache> known_;  // of the run before
  std::shared_ptr<std::atomic<std::uint64_t>> files_read_ =
      std::make_shared<std::atomic<std::uint64_t>>(0);
  IndexReport report_;
};

}  // namespace

IndexReport index(const IndexRequest& request,
                  const std::function<void(const IndexProgress&)>& progress,
                  const Interrupt& interrupt) {
  for (int attempt = 1;; ++attempt) {
    try {
      // What changed unseen by its times is seen when its bytes are looked at.
      const bool reads_all = attempt > 1;
      return IndexRun(request, progress, interrupt, reads_all).execute();
    } catch (const FilesChanged&) {
      if (attempt < kMostAttempts) continue;
      throw Error(ErrorCode::CommitConflict,
                  "the files of `" + request.repository.string() +
                      "` keep changing while they are indexed; run again when they rest",
                  /*retryable=*/true, {{"path", request.repository.string()}});
    }
  }
}

IndexPlan plan_index(const IndexRequest& request,
                     const std::function<void(const IndexProgress&)>& progress,
                     const Interrupt& interrupt) {
  return IndexRun(request, progress, interrupt).plan();
}

std::size_t index_revisions(const IndexRequest& request, const std::string& range,
                            const std::function<void(const IndexReport&)>& on_run,
                            const std::function<void(const IndexProgress&)>& progress,
                            const Interrupt& interrupt) {
  const std::vector<std::string> commits =
      Repository::commits(request.repository, range, interrupt);
  for (const std::string& commit : commits) {
    IndexRequest one = request;
    one.revision = commit;
    const IndexReport report = index(one, progress, interrupt);
    if (on_run) on_run(report);
  }
  return commits.size();
}

}  // namespace alluvium::code
