#pragma once

#include <cstddef>
#include <optional>

#include "alluvium/code/lake.h"
#include "code/index/file_changes.h"
#include "code/index/run_basis.h"
#include "code/index/stat_cache.h"
#include "code/publish/runs_table.h"

namespace alluvium::code {

/// A run of the lake.
struct NearestRun {
  Run run;
  /// Its files. No file system said anything of them: none is the same without a look.
  StatCache known;
  FileChanges changes;  ///< How the files differ from those.
};

/// The run before the last one to which the files are so much nearer that a run had better start
/// from there: a branch was switched back. `run` is the run to be, `last` the last one; `work` is
/// how many files it would come to from that. Nothing where there is none, or too little to win to
/// look for one. Errors: those of reading `runs` and files.
std::optional<NearestRun> nearest_run(const RunBasis& basis, const PublishedRuns& runs,
                                      const Run& run, const Run& last, std::size_t work,
                                      PresentFiles& files);

}  // namespace alluvium::code
