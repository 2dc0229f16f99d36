#include "code/index/changes.h"

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"
#include "alluvium/version.h"
#include "code/datasets/datasets.h"
#include "code/index/byte_batches.h"
#include "code/index/listing_tables.h"
#include "functions/id_parts.h"

namespace alluvium::code {
namespace {

/// A file without a hash could not be read; then its size has to do. (The engine writes COALESCE as
/// a CASE that has its argument twice: around `read_file` it would read each file twice.)
constexpr std::string_view kCompare = R"sql(
SELECT
  count(*) FILTER (WHERE before.path IS NULL) AS added,
  count(*) FILTER (WHERE now.path IS NULL) AS removed,
  count(*) FILTER (
    WHERE before.path IS NOT NULL AND now.path IS NOT NULL
      AND ((before.content_hash IS DISTINCT FROM now.content_hash)
        OR (now.content_hash IS NULL AND before.size_bytes <> now.size_bytes))
  ) AS changed
FROM (
  SELECT path, size_bytes, encode(digest(read_file(path), 'blake3'), 'hex') AS content_hash
  FROM files_to_compare
) now
FULL JOIN (
  SELECT path, size_bytes, nullif(content_hash, '') AS content_hash FROM files_before
) before
  ON now.path = before.path)sql";

}  // namespace

FileChanges compare_files(const Session& session, const LakeLayout& lake, const Run& run,
                          const Listing& listing, std::size_t partitions,
                          const Interrupt& interrupt) {
  const auto pin = run.versions.find("files");
  if (pin == run.versions.end()) return {.added = listing.sources.size()};
  IoAdapter adapter(session);
  const delta::ProviderBundle files = delta::provider_from_session(
      session, {.table_uri = lake.uri("files"), .version = pin->second}, interrupt);
  adapter.register_view("files_before",
                        session.read(files.provider).filter(col("repo") == lit(run.repo)));
  register_by_bytes(session, "files_to_compare", listing_batches(run.repo, listing), partitions);
  const std::vector<RecordBatch> counts = session.sql(kCompare, {}, interrupt).collect(interrupt);
  const auto count = [&](std::string_view name) {
    return static_cast<std::uint64_t>(counts.front().column(name).int64(0));
  };
  return {.added = count("added"), .changed = count("changed"), .removed = count("removed")};
}

std::string settings_hash(const IndexRequest& request, const Listing& listing,
                          const ScipFile* scip) {
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
  if (scip != nullptr) parts.add("scip").add(scip->content_hash());
  return std::string(parts.id().digits().view());
}

}  // namespace alluvium::code
