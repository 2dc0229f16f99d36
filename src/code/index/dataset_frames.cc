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
  repo, file_id, path, module, package, is_package, source_root, size_bytes, language,
  CASE WHEN content IS NULL THEN '' ELSE encode(digest(content, 'blake3'), 'hex') END
    AS content_hash,
  CASE WHEN content IS NULL THEN coalesce(read_failure(path), 'the file could not be read') END
    AS read_failure,
  identify_facts(repo, path, module, CASE WHEN language = 'python' THEN parse_python(content) END)
    AS f
FROM (
  SELECT
    repo, file_id, path, module, package, is_package, source_root, size_bytes, language,
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
    const auto reads = [&](const std::vector<std::string_view>& inputs) {
      return std::find(inputs.begin(), inputs.end(), name) != inputs.end();
    };
    return reads(dataset.inputs) || reads(dataset.scip_inputs);
  });
}

/// No rows of a dataset's columns.
DataFrame empty_frame(const Session& session, const Dataset& dataset) {
  const std::string name = std::string(dataset.name) + "_without_scip";
  IoAdapter(session).register_record_batches(name, table_schema(dataset),
                                             std::vector<std::vector<RecordBatch>>{});
  return session.table(name);
}

/// The dataset's rows; with a SCIP index, what that says is in them.
DataFrame make_rows(const Session& session, const Dataset& dataset, bool has_scip,
                    const Interrupt& interrupt) {
  if (dataset.from_scip && !has_scip) return empty_frame(session, dataset);
  const DataFrame rows = dataset.rows(session, interrupt);
  if (!has_scip || dataset.scip_query.empty()) return rows;
  IoAdapter(session).register_view(std::string(dataset.name) + "_by_rules", rows);
  return session.sql(dataset.scip_query, {}, interrupt);
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
                                 "source_root", "size_bytes", "language"})
                        .collect(interrupt),
                    partitions);
  adapter.register_view("facts", session.sql(kFacts, {}, interrupt).stage(memory_bytes, interrupt));
}

std::vector<TableChange> make_datasets(const Session& session, std::uint64_t memory_bytes,
                                       bool has_scip, PhaseLog& log, const Interrupt& interrupt) {
  IoAdapter adapter(session);
  std::vector<TableChange> published;
  std::uint64_t done = 0;
  for (const Dataset& dataset : datasets()) {
    if (dataset.name == kFileModules) continue;
    if (dataset.from_scip && dataset.intermediate && !has_scip) continue;
    DataFrame rows = make_rows(session, dataset, has_scip, interrupt);
    // What others read is made once. What nobody reads runs when it is written.
    if (dataset.make == nullptr && is_input(dataset.name)) {
      rows = rows.stage(memory_bytes, interrupt);
    }
    adapter.register_view(dataset.name, rows);
    if (!dataset.intermediate)
      published.push_back({declaration_of(dataset), rows, !dataset.key.empty()});
    log.advance(++done);
  }
  return published;
}

}  // namespace alluvium::code
