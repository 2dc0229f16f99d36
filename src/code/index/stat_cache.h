#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "code/publish/lake_layout.h"
#include "code/repository/file_stamp.h"
#include "code/repository/repository.h"

namespace alluvium::code {

/// A file as a run published it, and as it was found by the listing of the files that goes with it.
struct KnownFile {
  std::string path;
  std::int64_t size_bytes = 0;
  FileStamp stamp;
  std::string content_hash;  ///< As in `files`: empty of a file that could not be read.

  friend bool operator==(const KnownFile&, const KnownFile&) = default;
};

/// What one run published of the files of one folder, together with what the file system said of
/// them: where that is the same again, a file needn't be opened.
struct StatCache {
  std::string repo;
  std::string root;
  std::string run_id;
  std::int64_t begun_ns = 0;     ///< `Listing::begun_ns`.
  std::vector<KnownFile> files;  ///< All, sorted by path.

  friend bool operator==(const StatCache&, const StatCache&) = default;
};

/// The file of a repository's folder in a lake. It may be deleted at any time.
std::filesystem::path stat_cache_file(const LakeLayout& lake, const std::string& repo,
                                      const std::string& root);

/// What is kept of the run `run_id`. Nothing where there is none, or it is of another run, root or
/// repository, of another user, damaged, or can't be read.
std::optional<StatCache> read_stat_cache(const LakeLayout& lake, const std::string& repo,
                                         const std::string& root, const std::string& run_id);

/// Keeps `cache` in place of what was kept of its repository and root; false where that can't be
/// written. Only who has the repository's lock may call this.
bool write_stat_cache(const LakeLayout& lake, const StatCache& cache);

/// Whether the content of `known` is certainly that of `now`, which has its path.
///
/// A clock has ticks. Two writes within one leave the same times, so that a file that was written
/// shortly before it was looked at may have changed right after, and look the same. Such a file is
/// not trusted: its times have to be two seconds older than the look, which is the coarsest tick
/// that a file system in use has (FAT), and far more than a kernel's clock lags behind.
bool is_same_without_a_look(const StatCache& cache, const KnownFile& known, const SourceFile& now);

/// Of how many files of `listing` that is so.
std::size_t count_same_without_a_look(const StatCache& cache, const Listing& listing);

}  // namespace alluvium::code
