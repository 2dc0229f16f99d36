#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/code/index.h"
#include "alluvium/session/session.h"
#include "code/environment/environment.h"
#include "code/index/file_ids.h"
#include "code/index/stat_cache.h"
#include "code/publish/lake_layout.h"
#include "code/repository/repository.h"
#include "code/scip/scip_file.h"

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

/// Registers the table `files` at the pin of `run` as `files_before`, unless that was done.
void register_files_before(const Session& session, const LakeLayout& lake, const Run& run,
                           const Interrupt& interrupt);

/// What the next run can know of the files without opening them, when `run` was published of
/// `listing`, in the folder `root`. `before` is what was known of the run before where the files
/// that are not in the table `facts` are as they were then; null where that is not so, or nothing
/// was known: then the table `files` is read. Nothing where that doesn't come to all of the files.
/// Errors: those of reading tables.
std::optional<StatCache> known_of(const Session& session, const LakeLayout& lake, const Run& run,
                                  const std::string& root, const Listing& listing,
                                  const StatCache* before, const Interrupt& interrupt);

/// Of the files that are in `file_modules` and in `files_before`, the ids of those with another
/// module name than before: their content may be the same.
FileIds renamed_modules(const Session& session, const Interrupt& interrupt);

/// The hash of all but the files' content that decides which rows a run makes: the makers of the
/// datasets, the limits, what tells source roots, what was found but is not read, and the SCIP
/// index, and which tables are chosen. `scip` and `environment` may be null. What an environment
/// offers decides only rows that every run makes anew: its hash is a part of its own, after a
/// hyphen.
std::string settings_hash(const IndexRequest& request, const Listing& listing, const ScipFile* scip,
                          const Environment* environment);

/// The part of a `settings_hash` that decides rows of files: where that differs, they are all made
/// anew.
std::string_view settings_of_files(std::string_view settings_hash);

}  // namespace alluvium::code
