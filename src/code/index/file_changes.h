#pragma once

#include <cstddef>

#include "alluvium/code/lake.h"
#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/index/file_ids.h"
#include "code/index/stat_cache.h"
#include "code/publish/lake_layout.h"
#include "code/repository/repository.h"

namespace alluvium::code {

/// How the files differ from those of a run.
struct FileChanges {
  FileIds added;
  FileIds changed;
  FileIds removed;

  [[nodiscard]] bool any() const { return !added.empty() || !changed.empty() || !removed.empty(); }
};

/// Reads all files and compares paths and content with the table `files` at the pin of `run`, which
/// it registers as `files_before`.
FileChanges compare_files(const Session& session, const LakeLayout& lake, const Run& run,
                          const Listing& listing, std::size_t partitions,
                          const Interrupt& interrupt);

/// Likewise, with `cache`, which is of that run, for the table: it reads only the files that have
/// to be read, registers nothing, and runs no plan when there are none.
FileChanges compare_files(const Session& session, const StatCache& cache, const Listing& listing,
                          std::size_t partitions, const Interrupt& interrupt);

/// The files of `run`, as its table has them.
DataFrame published_files(const Session& session, const LakeLayout& lake, const Run& run,
                          const Interrupt& interrupt);

/// Registers the table `files` at the pin of `run` as `files_before`, unless that was done.
void register_files_before(const Session& session, const LakeLayout& lake, const Run& run,
                           const Interrupt& interrupt);

/// Of the files that are in `file_modules` and in `files_before`, the ids of those with another
/// module name than before: their content may be the same.
FileIds renamed_modules(const Session& session, const Interrupt& interrupt);

}  // namespace alluvium::code
