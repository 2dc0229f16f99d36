#include "code/index/file_changes.h"

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"
#include "alluvium/version.h"
#include "code/datasets/datasets.h"
#include "code/index/byte_batches.h"
#include "code/index/listing_tables.h"
#include "code/index/table_choice.h"
#include "functions/id_parts.h"

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

constexpr std::string_view kRenamed = R"sql(
SELECT now.file_id
FROM file_modules now
JOIN files_before before ON before.file_id = now.file_id
WHERE before.module IS DISTINCT FROM now.module)sql";

}  // namespace

FileChanges compare_files(const Session& session, const LakeLayout& lake, const Run& run,
                          const Listing& listing, std::size_t partitions,
                          const Interrupt& interrupt) {
  IoAdapter adapter(session);
  const delta::ProviderBundle files = delta::provider_from_session(
      session, {.table_uri = lake.uri("files"), .version = run.versions.at("files")}, interrupt);
  adapter.register_view("files_before",
                        session.read(files.provider).filter(col("repo") == lit(run.repo)));
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

FileIds renamed_modules(const Session& session, const Interrupt& interrupt) {
  FileIds ids;
  for (const RecordBatch& batch : session.sql(kRenamed, {}, interrupt).collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      ids.emplace_back(batch.column(0).bytes(row));
    }
  }
  return ids;
}

std::string settings_hash(const IndexRequest& request, const Listing& listing, const ScipFile* scip,
                          const Environment* environment) {
  IdParts parts;
  parts.add(version());
  parts.add_number(kLakeFormat);
  parts.add_number(static_cast<std::int64_t>(request.max_file_bytes));
  parts.add_number(request.parse_timeout.count());
  for (const Dataset& dataset : datasets()) {
    parts.add(dataset.name).add_number(dataset.maker_version);
    for (const Column& column : dataset.columns) parts.add(column.name).add(column.type.format());
  }
  parts.add_number(static_cast<std::int64_t>(listing.markers.size()));
  for (const std::string& marker : listing.markers) parts.add(marker);
  for (const SkippedEntry& entry : listing.skipped) parts.add(entry.path).add(entry.message);
  for (const std::string& table : TableChoice(request.only).tables()) parts.add(table);
  if (scip != nullptr) parts.add("scip").add(scip->content_hash());
  if (environment == nullptr) return std::string(parts.id().digits().view());
  for (const SkippedEntry& entry : environment->problems()) {
    parts.add(entry.path).add(entry.message);
  }
  return std::string(parts.id().digits().view()) + "-" + environment->content_hash();
}

std::string_view settings_of_files(std::string_view settings_hash) {
  return settings_hash.substr(0, settings_hash.find('-'));
}

}  // namespace alluvium::code
