#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/code/index.h"
#include "alluvium/code/lake.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/frame/interrupt.h"

namespace alluvium::code {

/// Which runs of a lake are kept. Of each repository that is its last ones: a run between two that
/// are kept would free nothing, since tables lose their beginnings alone.
struct GcRequest {
  std::filesystem::path lake;
  /// The newest runs of each repository that are kept; kept are also its current run and all after
  /// it. Not set: 10, or 1 with `keep_since`.
  std::optional<std::size_t> keep = std::nullopt;
  /// What `Lake::at` reads at this moment, and all that is later, is kept as well; empty: nothing.
  /// Of repositories without a run there it is what was current at its time.
  std::string keep_since = "";
  /// Only tells what would go. Nothing is written, and no lock taken: the files of a run under way
  /// count as left behind.
  bool dry_run = false;
  /// Waits for runs that are under way instead of failing.
  bool wait = false;
};

/// The runs of one repository that are kept.
struct KeptRuns {
  std::string repo;
  std::size_t runs = 0;
  Run oldest;
};

/// What one table loses.
struct TableGc {
  std::string table;
  /// The oldest version that stays, and the oldest run that pins it; without one (`runs` itself,
  /// and what no kept run has), the run is empty.
  std::int64_t first_version = 0;
  Run pinned_by;
  /// Runs don't make it any more, and no kept run has it: it goes as a whole, and has no first
  /// version.
  bool is_retired = false;
  delta::RemovedFiles data;
  delta::RemovedFiles changes;
  delta::RemovedFiles log;
};

/// What was removed, or would be.
struct GcReport {
  std::vector<Run> removed;  ///< In the order in which they finished.
  std::vector<KeptRuns> kept;
  std::vector<TableGc> tables;
  /// Parts of files that a program was writing when it was killed.
  delta::RemovedFiles unfinished;
};

/// Removes old runs from a lake, and what no run needs that is left: of each table the versions
/// before the oldest that such a run pins, with their data files, change files and log, and what
/// runs that were killed left behind; and tables of older formats that no run has any more. What is
/// left is as it was, its change feeds too.
///
/// In this order: the runs that go are noted for who asks for them later, and leave `runs` in one
/// commit, in which each repository that lost some gets a run of the kind `maintenance` (with the
/// pins of its current run, in whose place it never comes); then files go. Whatever happens in
/// between, the runs that are left are whole, and the next call finishes the work. Readers that
/// have opened the lake at a run that goes may fail.
///
/// Errors: those of `Lake::open` and `Lake::at`; InvalidArgument (a keep of 0), CommitConflict (a
/// run is under way, naming it), Corruption (a kept version can't be read; nothing of its table is
/// removed), Cancelled, DeadlineExceeded, Io.
GcReport collect_garbage(const GcRequest& request,
                         const std::function<void(const IndexProgress&)>& progress = {},
                         const Interrupt& interrupt = {});

}  // namespace alluvium::code
