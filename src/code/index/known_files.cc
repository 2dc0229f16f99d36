#include "code/index/known_files.h"

#include <algorithm>
#include <exception>
#include <string>

#include "code/index/content_hashes.h"
#include "code/index/file_changes.h"

namespace alluvium::code {
namespace {

/// The content hash of a file that is known; null otherwise.
const std::string* hash_in(const StatCache& cache, const std::string& path) {
  const auto file = std::ranges::lower_bound(cache.files, path, {}, &KnownFile::path);
  return file == cache.files.end() || file->path != path ? nullptr : &file->content_hash;
}

/// The hashes of the files of `run`; where those that are not in the table `facts` are as they were
/// `before`, only of the files that are.
ContentHashes published_hashes(const RunBasis& basis, const Run& run, const StatCache* before) {
  const Session& session = basis.session;
  if (before == nullptr) {
    return content_hashes(published_files(session, basis.lake, run, basis.interrupt),
                          basis.interrupt);
  }
  return session.has_table("facts") ? content_hashes(session.table("facts"), basis.interrupt)
                                    : ContentHashes();
}

/// What can be known of the files of `run`. `before` is what was known of the run before where the
/// files that are not in the table `facts` are as they were then; null where that is not so, or
/// nothing was known: then the table `files` is read. Nothing where that doesn't come to all of the
/// files. Errors: those of reading tables.
std::optional<StatCache> known_of(const RunBasis& basis, const Run& run, const StatCache* before) {
  const ContentHashes hashes = published_hashes(basis, run, before);
  const Listing& listing = basis.repository.listing();
  StatCache cache{.repo = run.repo,
                  .root = basis.repository.root().string(),
                  .run_id = run.run_id,
                  .begun_ns = listing.begun_ns};
  for (const SourceFile& file : listing.sources) {
    const auto found = hashes.find(file.path);
    const std::string* const hash = found != hashes.end() ? &found->second
                                    : before != nullptr   ? hash_in(*before, file.path)
                                                          : nullptr;
    if (hash == nullptr) return std::nullopt;
    // What no stamp is of can't be read.
    cache.files.push_back({.path = file.path,
                           .size_bytes = file.size_bytes,
                           .stamp = file.stamp.value_or(FileStamp()),
                           .content_hash = *hash});
  }
  return cache;
}

}  // namespace

std::optional<StatCache> known_files(const RunBasis& basis, const Run& before) {
  const IndexRequest& request = basis.request;
  if (basis.attempt.files_to_open == FilesToOpen::All || request.force ||
      !request.revision.empty()) {
    return std::nullopt;
  }
  std::optional<StatCache> known =
      read_stat_cache(basis.lake, before.repo, basis.repository.root().string(), before.run_id);
  // The machine's clock was set back: times that are later than others may be of earlier writes.
  if (known && known->begun_ns > basis.repository.listing().begun_ns) return std::nullopt;
  return known;
}

void remember_files(const RunBasis& basis, const std::optional<StatCache>& known, IndexWork work,
                    const Run& run) {
  if (!basis.request.revision.empty()) return;
  try {
    const Listing& listing = basis.repository.listing();
    const std::size_t trusted = known ? count_same_without_a_look(*known, listing) : 0;
    const bool is_kept = work == IndexWork::Nothing;
    if (is_kept && trusted == listing.sources.size()) return;
    const bool are_others_as_before = known && work != IndexWork::Rebuild;
    const std::optional<StatCache> cache =
        known_of(basis, run, are_others_as_before ? &*known : nullptr);
    if (!cache || (is_kept && count_same_without_a_look(*cache, listing) <= trusted)) return;
    write_stat_cache(basis.lake, *cache);
  } catch (const std::exception&) {
    return;  // The run is published.
  }
}

}  // namespace alluvium::code
