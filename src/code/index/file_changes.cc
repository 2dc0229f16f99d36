#include "code/index/file_changes.h"

#include <string>
#include <string_view>
#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"
#include "code/identity/fact_id.h"
#include "code/index/byte_batches.h"
#include "code/index/content_hashes.h"
#include "code/index/listing_tables.h"

namespace alluvium::code {
namespace {

/// A file without a hash could not be read; then its size has to do. (The engine writes COALESCE as
/// a CASE that has its argument twice: around `read_file` it would read each file twice.)
constexpr std::string_view kCompare = R"sql(
SELECT *
FROM (
  SELECT
    coalesce(before.file_id, fact_id(now.repo, now.path)) AS file_id,
    CASE
      WHEN before.path IS NULL THEN 'added'
      WHEN now.path IS NULL THEN 'removed'
      WHEN (before.content_hash IS DISTINCT FROM now.content_hash)
        OR (now.content_hash IS NULL AND before.size_bytes <> now.size_bytes) THEN 'changed'
    END AS change
  FROM (
    SELECT repo, path, size_bytes,
      encode(digest(read_file(path), 'blake3'), 'hex') AS content_hash
    FROM files_to_compare
  ) now
  FULL JOIN (
    SELECT file_id, path, size_bytes, nullif(content_hash, '') AS content_hash FROM files_before
  ) before
    ON now.path = before.path
)
WHERE change IS NOT NULL)sql";

constexpr std::string_view kHashes = R"sql(
SELECT path, encode(digest(read_file(path), 'blake3'), 'hex') AS content_hash
FROM files_to_compare)sql";

constexpr std::string_view kRenamed = R"sql(
SELECT now.file_id
FROM file_modules now
JOIN files_before before ON before.file_id = now.file_id
WHERE before.module IS DISTINCT FROM now.module)sql";

/// A file that is there now and was there before, and what is known of it from then.
struct Doubtful {
  const SourceFile* now;
  const KnownFile* before;
};

FileIds changed_of(const Session& session, std::string_view repo,
                   const std::vector<Doubtful>& doubtful, std::size_t partitions,
                   const Interrupt& interrupt) {
  if (doubtful.empty()) return {};
  Listing to_read;
  for (const Doubtful& file : doubtful) to_read.sources.push_back(*file.now);
  const std::vector<RecordBatch> listed = listing_batches(repo, to_read);
  register_by_bytes(session, "files_to_compare", listed.front().schema(), listed, partitions);
  const ContentHashes hashes = content_hashes(session.sql(kHashes, {}, interrupt), interrupt);
  FileIds ids;
  for (const auto& [now, before] : doubtful) {
    const std::string& hash = hashes.at(now->path);
    // As in `kCompare`.
    if (hash != before->content_hash || (hash.empty() && now->size_bytes != before->size_bytes)) {
      ids.push_back(file_id(repo, now->path));
    }
  }
  return ids;
}

}  // namespace

DataFrame published_files(const Session& session, const LakeLayout& lake, const Run& run,
                          const Interrupt& interrupt) {
  const delta::ProviderBundle files = delta::provider_from_session(
      session, {.table_uri = lake.uri("files"), .version = run.versions.at("files")}, interrupt);
  return session.read(files.provider).filter(col("repo") == lit(run.repo));
}

void register_files_before(const Session& session, const LakeLayout& lake, const Run& run,
                           const Interrupt& interrupt) {
  if (session.has_table("files_before")) return;
  IoAdapter(session).register_view("files_before", published_files(session, lake, run, interrupt));
}

FileChanges compare_files(const Session& session, const LakeLayout& lake, const Run& run,
                          const Listing& listing, std::size_t partitions,
                          const Interrupt& interrupt) {
  register_files_before(session, lake, run, interrupt);
  const std::vector<RecordBatch> listed = listing_batches(run.repo, listing);
  register_by_bytes(session, "files_to_compare", listed.front().schema(), listed, partitions);
  FileChanges changes;
  for (const RecordBatch& batch : session.sql(kCompare, {}, interrupt).collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      const std::string_view change = batch.column("change").bytes(row);
      FileIds& ids = change == "added"     ? changes.added
                     : change == "removed" ? changes.removed
                                           : changes.changed;
      ids.emplace_back(batch.column("file_id").bytes(row));
    }
  }
  return changes;
}

FileChanges compare_files(const Session& session, const StatCache& cache, const Listing& listing,
                          std::size_t partitions, const Interrupt& interrupt) {
  FileChanges changes;
  std::vector<Doubtful> doubtful;
  auto now = listing.sources.begin();
  auto before = cache.files.begin();
  while (now != listing.sources.end() || before != cache.files.end()) {
    if (before == cache.files.end() || (now != listing.sources.end() && now->path < before->path)) {
      changes.added.push_back(file_id(cache.repo, (now++)->path));
    } else if (now == listing.sources.end() || before->path < now->path) {
      changes.removed.push_back(file_id(cache.repo, (before++)->path));
    } else {
      if (!is_same_without_a_look(cache, *before, *now)) doubtful.push_back({&*now, &*before});
      ++now;
      ++before;
    }
  }
  changes.changed = changed_of(session, cache.repo, doubtful, partitions, interrupt);
  return changes;
}

FileIds renamed_modules(const Session& session, const Interrupt& interrupt) {
  FileIds ids;
  for (const RecordBatch& batch : session.sql(kRenamed, {}, interrupt).collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      ids.emplace_back(batch.column(0).bytes(row));
    }
  }
  return ids;
}

}  // namespace alluvium::code
