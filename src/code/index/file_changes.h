#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/index/content_hashes.h"
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

  [[nodiscard]] std::size_t count() const { return added.size() + changed.size() + removed.size(); }
  [[nodiscard]] bool any() const { return count() > 0; }
};

/// The files of a listing, to be compared with those of runs. A file is read at most once, and only
/// where its content matters and isn't known.
///
/// Thread-safety: one thread at a time.
class PresentFiles {
 public:
  /// `known` is what is known without a look, and may be null. The references must outlive this.
  PresentFiles(const Session& session, std::string_view repo, const Listing& listing,
               const StatCache* known, std::size_t partitions, const Interrupt& interrupt);

  /// How they differ from `before`, which is sorted by path. Registers the table
  /// `files_to_compare`, if files have to be read.
  FileChanges compare(const std::vector<KnownFile>& before);

 private:
  /// A file that is there and was there before.
  struct Pair {
    const SourceFile* now;
    const KnownFile* before;
    /// Its content now; null where it has to be read.
    const std::string* hash;
  };

  void read(std::vector<Pair>& pairs);

  const Session& session_;
  std::string_view repo_;
  const Listing& listing_;
  const StatCache* known_;
  std::size_t partitions_;
  const Interrupt& interrupt_;
  ContentHashes read_;
};

/// The files of `run`, as its table has them.
DataFrame published_files(const Session& session, const LakeLayout& lake, const Run& run,
                          const Interrupt& interrupt);

/// Likewise, sorted by path, with nothing that a file system said of them.
std::vector<KnownFile> read_published_files(const Session& session, const LakeLayout& lake,
                                            const Run& run, const Interrupt& interrupt);

/// Registers the table `files` at the pin of `run` as `files_before`, unless that was done.
void register_files_before(const Session& session, const LakeLayout& lake, const Run& run,
                           const Interrupt& interrupt);

/// Of the files that are in `file_modules` and in `files_before`, the ids of those with another
/// module name than before: their content may be the same.
FileIds renamed_modules(const Session& session, const Interrupt& interrupt);

}  // namespace alluvium::code
