#include "code/index/scip_frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/error.h"
#include "code/index/byte_batches.h"
#include "code/repository/source_path.h"
#include "code/scip/scip_language.h"

namespace alluvium::code {
namespace {

constexpr std::string_view kFacts = R"sql(
SELECT
  repo, part, is_document,
  CASE WHEN is_document THEN fact_id(repo, path) END AS file_id,
  path, is_listed,
  read_scip(part_offset, size_bytes, CASE WHEN is_listed THEN read_file(path) END) AS s
FROM scip_parts)sql";

constexpr std::string_view kCheck = R"sql(
SELECT
  count(*) FILTER (WHERE s['malformed']) AS malformed,
  min(path) FILTER (WHERE s['malformed']) AS malformed_path,
  count(s['fit']) AS judged,
  count(*) FILTER (WHERE s['fit'] = 'none') AS stale,
  min(path) FILTER (WHERE s['fit'] = 'none') AS stale_path
FROM scip_facts)sql";

/// Documents by path, then external symbols: what an index says does not depend on how its indexer
/// ordered them.
std::vector<const ScipPart*> in_order(const ScipFile& index) {
  std::vector<const ScipPart*> parts;
  for (const ScipPart& part : index.parts()) parts.push_back(&part);
  std::stable_sort(parts.begin(), parts.end(), [](const ScipPart* a, const ScipPart* b) {
    if (a->is_document != b->is_document) return a->is_document;
    return a->path < b->path;
  });
  return parts;
}

std::vector<RecordBatch> part_batches(std::string_view repo, const ScipFile& index,
                                      const Listing& listing) {
  std::unordered_set<std::string_view> listed;
  for (const SourceFile& file : listing.sources) listed.insert(file.path);
  RecordBatchBuilder parts({.fields = {{"repo", utf8(), false},
                                       {"path", utf8()},
                                       {"part", int64(), false},
                                       {"part_offset", int64(), false},
                                       {"size_bytes", int64(), false},
                                       {"is_document", boolean(), false},
                                       {"is_listed", boolean(), false}}});
  std::int64_t number = 0;
  for (const ScipPart* part : in_order(index)) {
    const std::string path = escape_source_path(part->path);
    parts.column(0).append(repo);
    if (part->is_document) {
      parts.column(1).append(std::string_view(path));
    } else {
      parts.column(1).append_null();
    }
    parts.column(2).append(number++);
    parts.column(3).append(part->offset);
    parts.column(4).append(part->size);
    parts.column(5).append(part->is_document);
    parts.column(6).append(part->is_document && listed.contains(path));
  }
  std::vector<RecordBatch> batches;
  batches.push_back(parts.finish());
  return batches;
}

/// Throws for an index that can't be what was made of these files.
void check_facts(const Session& session, const ScipFile& index, const Interrupt& interrupt) {
  const std::vector<RecordBatch> batches = session.sql(kCheck, {}, interrupt).collect(interrupt);
  const RecordBatch& answer = batches.front();
  const auto number = [&](std::string_view name) { return answer.column(name).int64(0); };
  const auto path = [&](std::string_view name) {
    const ColumnView column = answer.column(name);
    return column.is_null(0) ? std::string("external symbols") : std::string(column.bytes(0));
  };
  if (number("malformed") > 0) {
    throw Error(ErrorCode::Corruption,
                fmt::format("the SCIP index `{}` can't be read: what it has of `{}` contradicts "
                            "itself; make it again",
                            index.path().string(), path("malformed_path")),
                false, {{"path", index.path().string()}});
  }
  if (2 * number("stale") > number("judged")) {
    throw Error(
        ErrorCode::InvalidArgument,
        fmt::format("the SCIP index `{}` is of another revision: in {} of {} files (`{}`, for "
                    "one) most symbols are not where it has them; make it again from these "
                    "files",
                    index.path().string(), number("stale"), number("judged"), path("stale_path")),
        false, {{"path", index.path().string()}});
  }
}

}  // namespace

OtherSources scip_sources(const ScipFile& index) {
  OtherSources sources;
  for (const ScipPart& part : index.parts()) {
    if (part.is_document) sources.emplace(part.path, scip_language(part.language, part.path));
  }
  return sources;
}

void check_scip_root(const ScipFile& index, const Repository& repository) {
  std::unordered_set<std::string_view> listed;
  for (const SourceFile& file : repository.listing().sources) listed.insert(file.path);
  std::size_t documents = 0;
  const std::string* first = nullptr;
  for (const ScipPart& part : index.parts()) {
    if (!part.is_document) continue;
    if (listed.contains(escape_source_path(part.path))) return;
    if (first == nullptr) first = &part.path;
    ++documents;
  }
  throw Error(
      ErrorCode::InvalidArgument,
      fmt::format("the SCIP index `{}` is of another root{}: none of its {} documents (the "
                  "first is `{}`) is a source file of `{}`; make it with that folder as "
                  "its root",
                  index.path().string(),
                  index.project_root().empty()
                      ? ""
                      : fmt::format(" (it says `{}`)", escape_source_path(index.project_root())),
                  documents, escape_source_path(first == nullptr ? "" : *first),
                  repository.root().string()),
      false, {{"path", index.path().string()}});
}

void stage_scip(const Session& session, std::string_view repo, const ScipFile& index,
                const Listing& listing, std::size_t partitions, std::uint64_t memory_bytes,
                const Interrupt& interrupt) {
  const std::vector<RecordBatch> parts = part_batches(repo, index, listing);
  register_by_bytes(session, "scip_parts", parts.front().schema(), parts, partitions);
  IoAdapter(session).register_view(
      "scip_facts", session.sql(kFacts, {}, interrupt).stage(memory_bytes, interrupt));
  check_facts(session, index, interrupt);
}

}  // namespace alluvium::code
