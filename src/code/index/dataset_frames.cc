#include "code/index/dataset_frames.h"

#include <algorithm>
#include <string>

#include "alluvium/catalog/io_adapter.h"
#include "code/datasets/datasets.h"
#include "code/index/byte_batches.h"

namespace alluvium::code {
namespace {

constexpr std::string_view kFileModules = "file_modules";

/// Reads each file once: `content` is used more than once, so the engine keeps it as a column. What
/// can't be read is looked at again, for the reason.
constexpr std::string_view kFacts = R"sql(
SELECT
  repo, file_id, path, module, package, is_package, source_root, size_bytes,
  CASE WHEN content IS NULL THEN '' ELSE encode(digest(content, 'blake3'), 'hex') END
    AS content_hash,
  CASE WHEN content IS NULL THEN coalesce(read_failure(path), 'the file could not be read') END
    AS read_failure,
  identify_facts(repo, path, module, parse_python(content)) AS f
FROM (
  SELECT
    repo, file_id, path, module, package, is_package, source_root, size_bytes,
    read_file(path) AS content
  FROM files_to_read))sql";

const Dataset& find(std::string_view name) {
  const auto all = datasets();
  return *std::find_if(all.begin(), all.end(),
                       [&](const Dataset& dataset) { return dataset.name == name; });
}

bool is_input(std::string_view name) {
  const auto all = datasets();
  return std::any_of(all.begin(), all.end(), [&](const Dataset& dataset) {
    return std::find(dataset.inputs.begin(), dataset.inputs.end(), name) != dataset.inputs.end();
  });
}

TableDeclaration declaration_of(const Dataset& dataset) {
  return {.name = std::string(dataset.name),
          .description = std::string(dataset.meaning),
          .schema = table_schema(dataset),
          .change_data_feed = dataset.name == "files"};
}

}  // namespace

void stage_facts(const Session& session, std::size_t partitions, std::uint64_t memory_bytes,
                 const Interrupt& interrupt) {
  IoAdapter adapter(session);
  const DataFrame modules =
      session.sql(find(kFileModules).query, {}, interrupt).stage(memory_bytes, interrupt);
  adapter.register_view(kFileModules, modules);
  register_by_bytes(session, "files_to_read",
                    modules
                        .select({"repo", "file_id", "path", "module", "package", "is_package",
                                 "source_root", "size_bytes"})
                        .collect(interrupt),
                    partitions);
  adapter.register_view("facts", session.sql(kFacts, {}, interrupt).stage(memory_bytes, interrupt));
}

std::vector<TableChange> make_datasets(const Session& session, std::uint64_t memory_bytes,
                                       PhaseLog& log, const Interrupt& interrupt) {
  IoAdapter adapter(session);
  std::vector<TableChange> published;
  std::uint64_t done = 0;
  for (const Dataset& dataset : datasets()) {
    if (dataset.name == kFileModules) continue;
    DataFrame rows = session.sql(dataset.query, {}, interrupt);
    // What others read is made once. What nobody reads runs when it is written.
    if (is_input(dataset.name)) rows = rows.stage(memory_bytes, interrupt);
    adapter.register_view(dataset.name, rows);
    if (!dataset.intermediate)
      published.push_back({declaration_of(dataset), rows, !dataset.key.empty()});
    log.advance(++done);
  }
  return published;
}

}  // namespace alluvium::code
