#include "alluvium/code/gc.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "alluvium/delta/inspect.h"
#include "alluvium/error.h"
#include "code/datasets/datasets.h"
#include "code/gc/retention.h"
#include "code/gc/retired_tables.h"
#include "code/gc/unfinished_files.h"
#include "code/index/file_states.h"
#include "code/lake/moment.h"
#include "code/publish/lake_layout.h"
#include "code/publish/lake_lock.h"
#include "code/publish/removed_runs.h"
#include "code/publish/run_id.h"
#include "code/publish/runs_table.h"
#include "code/publish/shipped_views.h"
#include "code/publish/table_properties.h"
#include "code/publish/utc_time.h"
#include "code/repository/file_handle.h"
#include "code/repository/interruption.h"
#include "code/repository/own_folder.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeptUnlessTold = 10;

Session open_session(const LakeLayout& lake) {
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.enable_information_schema = false;
  profile.target_partitions = 1;
  profile.allowed_roots = {lake.folder().string()};
  profile.confine = true;
  return profile.open_session();
}

/// Where a table's history is to begin.
struct Beginning {
  std::int64_t version;
  Run pinned_by;
};

/// The oldest version of each table that one of `runs` pins.
std::map<std::string, Beginning> oldest_pins(const std::vector<Run>& runs) {
  std::map<std::string, Beginning> oldest;
  for (const Run& run : runs) {
    for (const auto& [table, version] : run.versions) {
      const auto [place, is_new] = oldest.try_emplace(table, version, run);
      if (!is_new && version < place->second.version) place->second = {version, run};
    }
  }
  return oldest;
}

/// Whether runs make a table of that name, or keep their own facts in it.
bool is_of_runs(const std::string& table) {
  const Dataset* const made = find_dataset(table);
  return table == "repos" || table == kRemovedRunsTable ||
         table == file_states_declaration().name || (made != nullptr && made->is_stored());
}

/// The lake's tables, by their folders: those that runs pin, make or once made. What else lies in
/// the lake's folder is not gc's.
std::vector<std::string> tables_of(const LakeLayout& lake,
                                   const std::map<std::string, Beginning>& pinned) {
  std::vector<std::string> tables;
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::directory_iterator(lake.folder(), failure)) {
    const std::string name = entry.path().filename().string();
    if ((pinned.contains(name) || is_of_runs(name) || is_retired(name)) &&
        is_own_folder(entry.path()) && is_own_folder(entry.path() / "_delta_log")) {
      tables.push_back(name);
    }
  }
  if (failure) throw system_error("read the folder", lake.folder().string(), failure.value());
  std::ranges::sort(tables);
  return tables;
}

/// One call of `collect_garbage`.
class Collection {
 public:
  Collection(const GcRequest& request, const std::function<void(const IndexProgress&)>& progress,
             const Interrupt& interrupt)
      : request_(request),
        progress_(progress),
        interrupt_(interrupt),
        lake_(Lake::open(request.lake, interrupt).folder()),
        session_(open_session(lake_)) {}

  GcReport execute() {
    const UtcMicros started = utc_now();
    const std::size_t keep =
        request_.keep.value_or(request_.keep_since.empty() ? kKeptUnlessTold : 1);
    if (keep == 0) {
      throw Error(ErrorCode::InvalidArgument,
                  "at least one run of each repository is kept; a lake as a whole is removed with "
                  "its folder");
    }
    std::optional<LakeLock> lock;
    if (!request_.dry_run) {
      lock = LakeLock::hold_alone(
          lake_, request_.wait, [this](const std::string& owner) { step("wait for " + owner); },
          interrupt_);
    }
    step("read runs");
    const PublishedRuns runs = read_runs(session_, lake_, interrupt_);
    const std::vector<Run> history = read_history(session_, lake_, runs.version, interrupt_);
    std::optional<UtcMicros> since;
    if (!request_.keep_since.empty()) since = time_of(request_.keep_since, history);
    Retained retained = retain(history, runs.current, keep, since);
    beginnings_ = oldest_pins(retained.kept);
    beginnings_["runs"] = {publication_of(retained.repositories, runs.version), Run()};

    if (!request_.dry_run) {
      if (!retained.removed.empty()) remove(retained, runs, started);
      // They name a version of `runs`.
      refresh_shipped_views(session_, lake_, runs, interrupt_);
    }
    report_.removed = std::move(retained.removed);
    report_.kept = std::move(retained.repositories);
    const std::vector<std::string> tables = tables_of(lake_, beginnings_);
    if (!request_.dry_run) sync();
    for (std::size_t i = 0; i < tables.size(); ++i) {
      step("remove files", i, tables.size());
      collect(tables[i]);
    }
    return std::move(report_);
  }

 private:
  void step(std::string phase, std::uint64_t done = 0, std::uint64_t total = 0) const {
    throw_if_interrupted(interrupt_, "removing old runs");
    if (progress_) progress_({.phase = std::move(phase), .done = done, .total = total});
  }

  /// The version of `runs` since which each repository's current run was one of those that are
  /// kept: who opened the lake at it or later reads on undisturbed.
  [[nodiscard]] std::int64_t publication_of(const std::vector<KeptRuns>& repositories,
                                            std::int64_t latest) const {
    const std::vector<delta::HistoryEntry> commits = delta::history(
        session_, {.table_uri = lake_.uri("runs"), .version = latest}, 0, interrupt_);
    std::int64_t first = commits.empty() ? latest : commits.back().version;
    for (const delta::HistoryEntry& commit : commits) {
      const auto run = commit.metadata.find("alluvium.run");
      if (run == commit.metadata.end()) continue;
      for (const KeptRuns& kept : repositories) {
        if (kept.oldest.run_id == run->second) first = std::max(first, commit.version);
      }
    }
    return first;
  }

  /// Takes the runs that go out of `runs`. From then on nobody finds them.
  void remove(const Retained& retained, const PublishedRuns& runs, UtcMicros started) {
    step("remove runs");
    std::vector<Run> oldest;
    std::vector<Run> maintenance;
    for (const KeptRuns& kept : retained.repositories) {
      if (std::ranges::find(retained.removed, kept.repo, &Run::repo) == retained.removed.end()) {
        continue;
      }
      oldest.push_back(kept.oldest);
      // Whoever reads the newest row of all gets the current run.
      Run run = *runs.find(kept.repo);
      run.parent_run_id = run.run_id;
      run.run_id = new_run_id(started);
      run.kind = "maintenance";
      run.started_at = utc_text(started);
      run.finished_at = utc_text(runs.end_of_next(run.repo, utc_now()));
      run.rebuild_reason.clear();
      maintenance.push_back(std::move(run));
    }
    record_removed_runs(session_, lake_, oldest, started, interrupt_);
    remove_runs(session_, lake_, oldest, maintenance, interrupt_);
  }

  /// What stays is on the disk before anything goes, or a power failure could take both.
  void sync() const {
    const FileHandle folder(::open(lake_.folder().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::syncfs(folder.get()) != 0) {
      throw system_error("write to the disk what is in", lake_.folder().string(), errno);
    }
  }

  void collect(const std::string& table) {
    if (is_retired(table) && !beginnings_.contains(table)) return remove_retired(table);
    // A run that was killed may have made no more than the folder.
    if (!delta::is_table(session_, lake_.uri(table))) return remove_unfinished(table);
    const delta::Snapshot head =
        delta::snapshot(session_, {.table_uri = lake_.uri(table)}, interrupt_);
    check_format(head);
    remove_unfinished(table);
    TableGc gone{.table = table};
    const auto beginning = beginnings_.find(table);
    if (beginning == beginnings_.end()) {
      // `repos` for one: it is read as it is now, never as it was.
      gone.first_version = head.version;
    } else {
      gone.first_version = beginning->second.version;
      gone.pinned_by = beginning->second.pinned_by;
    }
    const delta::TruncateReport truncated = delta::truncate(session_,
                                                            {.table_uri = lake_.uri(table),
                                                             .first_version = gone.first_version,
                                                             .dry_run = request_.dry_run,
                                                             .mutation = of_lake()},
                                                            interrupt_);
    gone.data = truncated.data;
    gone.changes = truncated.changes;
    gone.log = truncated.log;
    report_.tables.push_back(std::move(gone));
  }

  /// No run that is kept pins it, so nobody reads it.
  void remove_retired(const std::string& table) {
    if (is_table_of_lakes(table)) {
      TableGc gone{.table = table, .is_retired = true};
      const TableFiles files = files_of(lake_.table(table));
      // The log last: as long as it is there, the next call knows what the folder is.
      gone.data = remove_all(files.data);
      gone.changes = remove_all(files.changes);
      gone.log = remove_all(files.log);
      report_.tables.push_back(std::move(gone));
    } else if (delta::is_table(session_, lake_.uri(table))) {
      return;  // Somebody else's, whatever its name.
    }
    if (!request_.dry_run) remove_empty_folders(lake_.table(table));
  }

  [[nodiscard]] bool is_table_of_lakes(const std::string& table) const {
    if (!delta::is_table(session_, lake_.uri(table))) return false;
    try {
      check_format(delta::snapshot(session_, {.table_uri = lake_.uri(table)}, interrupt_));
      return true;
    } catch (const Error&) {
      throw_if_interrupted(interrupt_, "removing old runs");
      return false;
    }
  }

  delta::RemovedFiles remove_all(const std::vector<fs::path>& files) const {
    delta::RemovedFiles removed;
    for (const fs::path& file : files) {
      std::error_code failure;
      const std::uintmax_t bytes = fs::file_size(file, failure);
      removed.bytes += failure ? 0 : bytes;
      ++removed.files;
      if (request_.dry_run) continue;
      fs::remove(file, failure);
      if (failure) throw system_error("remove the file", file.string(), failure.value());
    }
    return removed;
  }

  void remove_unfinished(const std::string& table) {
    const delta::RemovedFiles removed = remove_all(unfinished_files(lake_.table(table)));
    report_.unfinished.files += removed.files;
    report_.unfinished.bytes += removed.bytes;
  }

  const GcRequest& request_;
  const std::function<void(const IndexProgress&)>& progress_;
  const Interrupt& interrupt_;
  const LakeLayout lake_;
  const Session session_;
  std::map<std::string, Beginning> beginnings_;
  GcReport report_;
};

}  // namespace

GcReport collect_garbage(const GcRequest& request,
                         const std::function<void(const IndexProgress&)>& progress,
                         const Interrupt& interrupt) {
  return Collection(request, progress, interrupt).execute();
}

}  // namespace alluvium::code
