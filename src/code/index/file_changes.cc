#include "code/index/file_changes.h"

#include <algorithm>
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

constexpr std::string_view kHashes = R"sql(
SELECT path, encode(digest(read_file(path), 'blake3'), 'hex') AS content_hash
FROM files_to_compare)sql";

constexpr std::string_view kRenamed = R"sql(
SELECT now.file_id
FROM file_modules now
JOIN files_before before ON before.file_id = now.file_id
WHERE before.module IS DISTINCT FROM now.module)sql";

/// A file without a hash could not be read; then its size has to do.
bool is_same(const SourceFile& now, const std::string& hash, const KnownFile& before) {
  return hash == before.content_hash && (!hash.empty() || now.size_bytes == before.size_bytes);
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

std::vector<KnownFile> read_published_files(const Session& session, const LakeLayout& lake,
                                            const Run& run, const Interrupt& interrupt) {
  std::vector<KnownFile> files;
  const DataFrame published =
      published_files(session, lake, run, interrupt).select({"path", "size_bytes", "content_hash"});
  for (const RecordBatch& batch : published.collect(interrupt)) {
    const ColumnView paths = batch.column("path");
    const ColumnView sizes = batch.column("size_bytes");
    const ColumnView hashes = batch.column("content_hash");
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      files.push_back({.path = std::string(paths.bytes(row)),
                       .size_bytes = sizes.int64(row),
                       .stamp = {},
                       .content_hash = hashes.is_null(row) ? "" : std::string(hashes.bytes(row))});
    }
  }
  std::ranges::sort(files, {}, &KnownFile::path);
  return files;
}

PresentFiles::PresentFiles(const Session& session, std::string_view repo, const Listing& listing,
                           const StatCache* known, std::size_t partitions,
                           const Interrupt& interrupt)
    : session_(session),
      repo_(repo),
      listing_(listing),
      known_(known),
      partitions_(partitions),
      interrupt_(interrupt) {}

FileChanges PresentFiles::compare(const std::vector<KnownFile>& before) {
  FileChanges changes;
  std::vector<Pair> pairs;
  const std::vector<KnownFile> nothing;
  const std::vector<KnownFile>& all_known = known_ == nullptr ? nothing : known_->files;
  auto known = all_known.begin();
  auto then = before.begin();
  for (const SourceFile& now : listing_.sources) {
    for (; then != before.end() && then->path < now.path; ++then) {
      changes.removed.push_back(file_id(repo_, then->path));
    }
    if (then == before.end() || then->path != now.path) {
      changes.added.push_back(file_id(repo_, now.path));
      continue;
    }
    while (known != all_known.end() && known->path < now.path) ++known;
    const bool is_known = known != all_known.end() && known->path == now.path &&
                          is_same_without_a_look(*known_, *known, now);
    pairs.push_back({&now, &*then++, is_known ? &known->content_hash : nullptr});
  }
  for (; then != before.end(); ++then) changes.removed.push_back(file_id(repo_, then->path));
  read(pairs);
  for (const auto& [now, earlier, hash] : pairs) {
    if (!is_same(*now, *hash, *earlier)) changes.changed.push_back(file_id(repo_, now->path));
  }
  return changes;
}

void PresentFiles::read(std::vector<Pair>& pairs) {
  Listing to_read;
  for (const Pair& pair : pairs) {
    if (pair.hash == nullptr && !read_.contains(pair.now->path)) {
      to_read.sources.push_back(*pair.now);
    }
  }
  if (!to_read.sources.empty()) {
    const std::vector<RecordBatch> listed = listing_batches(repo_, to_read);
    if (session_.has_table("files_to_compare")) {
      IoAdapter(session_).deregister("files_to_compare");
    }
    register_by_bytes(session_, "files_to_compare", listed.front().schema(), listed, partitions_);
    read_.merge(content_hashes(session_.sql(kHashes, {}, interrupt_), interrupt_));
  }
  for (Pair& pair : pairs) {
    if (pair.hash == nullptr) pair.hash = &read_.at(pair.now->path);
  }
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
