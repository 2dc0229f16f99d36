#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/frame/interrupt.h"

namespace alluvium::code {

/// What to index and where to.
struct IndexRequest {
  std::filesystem::path repository;
  /// Empty: `repository/.alluvium`.
  std::filesystem::path lake = {};
  /// Empty: the normalised origin URL, else the folder's name.
  std::string repo = "";
  /// A git commit, by any name that git knows: the files as they were in it are indexed, from git's
  /// objects and without a checkout. Empty: the files of the work tree.
  std::string revision = "";
  /// Waits for another run of the same repository instead of failing.
  bool wait = false;
  /// Indexes even when nothing changed, reads every file, and writes every table anew, without a
  /// look at what the last run published: the way out when that can't be read.
  bool force = false;
  /// Only these published tables, what they are made from, and `files` are made, all anew; the run
  /// pins no other ones, and who reads one of those is told so. Empty: all tables.
  std::vector<std::string> only = {};
  std::size_t target_partitions = 0;
  std::uint64_t memory_limit = 0;
  std::uint64_t max_file_bytes = 16 << 20;
  std::chrono::milliseconds parse_timeout = std::chrono::seconds(10);
  /// A SCIP index of the repository, made by any indexer; empty: none.
  std::filesystem::path scip = {};
  /// A shell command that makes such an index, run in the repository's folder: `{output}` in it,
  /// and the environment variable ALLUVIUM_SCIP_OUTPUT, are the file to write. Never take it from
  /// the repository itself. Empty: none; not with `scip`.
  std::string scip_command = "";
  /// A Python environment that the repository runs in: a virtual environment, or its site-packages
  /// folder. What is installed there tells which distributions imported modules are of; nothing of
  /// it is run. Empty: none.
  std::filesystem::path environment = {};
  std::uint64_t max_scip_bytes = std::uint64_t{16} << 30;
};

/// One step of a run, for showing progress: `phase` is a dataset or an activity; `total` is 0 when
/// unknown.
struct IndexProgress {
  std::string phase;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

/// What a run did.
struct IndexReport {
  Run run;
  bool unchanged = false;  ///< Nothing differed from the current run; none was published.
  /// The earlier run whose tables were made the current ones again to start from them, since the
  /// files are nearer to its own than to those of the last run. Empty: the last run's.
  std::string went_back_to = "";
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  /// How the files differ from those of the run that it started from.
  std::uint64_t files_added = 0;
  std::uint64_t files_changed = 0;
  std::uint64_t files_removed = 0;
  /// Files whose names were resolved: all of them, or those that the changes can reach.
  std::uint64_t files_resolved = 0;
  std::map<std::string, std::uint64_t> diagnostics;           ///< By severity.
  std::vector<std::pair<std::string, double>> phase_seconds;  ///< In run order.
  std::uint64_t peak_memory = 0;                              ///< Of the session's pool, in bytes.
};

/// Indexes a Python repository into its lake and publishes the result as one run.
///
/// Errors: NotFound (no such folder), InvalidArgument (no Python in it; not a folder),
/// CommitConflict (another run of the same repository is under way, or `collect_garbage`),
/// PolicyViolation (the lake belongs to another origin under the same name), Io, Cancelled. With a
/// SCIP index also NotFound and Corruption (it can't be read, or is cut off), InvalidArgument (it
/// is of another root or of another revision, or `scip_command` failed) and ResourceExhausted (it
/// is over a limit). After any of them the last published run is intact.
IndexReport index(const IndexRequest& request,
                  const std::function<void(const IndexProgress&)>& progress = {},
                  const Interrupt& interrupt = {});

/// Indexes a range of git commits into one lake without a checkout, oldest first, each as a run of
/// the kind `commit`. A merge is one step: commits that it brought in from other branches are not
/// indexed. Commits that the lake has already (by a program that would make the same of them) are
/// left out, so that a range that was interrupted goes on where it was.
///
/// `range` is what git takes: `A..B` (after A up to B), or one commit. `on_run` gets each run's
/// report. Returns how many commits the range has. Errors: those of `index`; InvalidArgument (git
/// knows no such commits, or a SCIP index is given). What was published before an error stays.
std::size_t index_revisions(const IndexRequest& request, const std::string& range,
                            const std::function<void(const IndexReport&)>& on_run = {},
                            const std::function<void(const IndexProgress&)>& progress = {},
                            const Interrupt& interrupt = {});

}  // namespace alluvium::code
