#include "code/index/dataset_frames.h"

#include <algorithm>
#include <string>

#include "alluvium/catalog/io_adapter.h"
#include "code/datasets/datasets.h"
#include "code/index/byte_batches.h"

namespace alluvium::code {
namespace {

constexpr std::string_view kFileModules = "file_modules";
constexpr std::string_view kInterfaces = "file_interfaces";

/// Reads each file once: `content` is used more than once, so the engine keeps it as a column. What
/// can't be read is looked at again, for the reason.
constexpr std::string_view kFacts = R"sql(
SELECT *, digest_facts(module, size_bytes, content_hash, read_failure, f) AS outcomes
FROM (
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
    FROM files_to_read
  )
))sql";

/// Whether another dataset reads it; what a SCIP index says is read only with one.
bool is_input(std::string_view name, bool has_scip) {
  const auto all = datasets();
  return std::any_of(all.begin(), all.end(), [&](const Dataset& dataset) {
    const auto reads = [&](const std::vector<std::string_view>& inputs) {
      return std::find(inputs.begin(), inputs.end(), name) != inputs.end();
    };
    return (reads(dataset.inputs) && (has_scip || !dataset.from_scip)) ||
           (has_scip && reads(dataset.scip_inputs));
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
  DataFrame rows = dataset.rows(session, interrupt);
  if (!has_scip || dataset.scip_query.empty()) return rows;
  IoAdapter(session).register_view(std::string(dataset.name) + "_by_rules", rows);
  return session.sql(dataset.scip_query, {}, interrupt);
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Whether the dataset is made of facts, which a run may have of some files only.
bool reads_facts(const Dataset& dataset) {
  // `file_interfaces` is kept of the files whose facts a run doesn't have.
  if (dataset.name == kInterfaces) return false;
  return std::any_of(dataset.inputs.begin(), dataset.inputs.end(), [](std::string_view input) {
    if (input == "facts" || input == "scip_facts") return true;
    if (contains({given_inputs().begin(), given_inputs().end()}, input)) return false;
    return reads_facts(*find_dataset(input));
  });
}

}  // namespace

Reach reach_of(const Dataset& dataset) {
  if (dataset.name == kInterfaces) return Reach::File;
  if (!reads_facts(dataset)) return Reach::Repository;
  const bool asks =
      std::any_of(dataset.inputs.begin(), dataset.inputs.end(), [](std::string_view input) {
        return !contains({given_inputs().begin(), given_inputs().end()}, input) &&
               reach_of(*find_dataset(input)) == Reach::Repository;
      });
  return asks ? Reach::Answers : Reach::File;
}

void register_modules(const Session& session, const Interrupt& interrupt) {
  const Dataset& dataset = *find_dataset(kFileModules);
  register_made(session, dataset.make(session, interrupt));
  IoAdapter(session).register_view(kFileModules, dataset.rows(session, interrupt));
}

DataFrame read_facts(const Session& session, const std::optional<FileIds>& files,
                     std::size_t partitions, std::uint64_t memory_bytes,
                     const Interrupt& interrupt) {
  DataFrame to_read = session.table(kFileModules)
                          .select({"repo", "file_id", "path", "module", "package", "is_package",
                                   "source_root", "size_bytes", "language"})
                          .sort({col("file_id").asc()});
  if (files) to_read = to_read.filter(is_of("file_id", *files));
  register_by_bytes(session, "files_to_read", to_read.schema(), to_read.collect(interrupt),
                    partitions);
  const DataFrame facts = session.sql(kFacts, {}, interrupt).stage(memory_bytes, interrupt);
  IoAdapter(session).deregister("files_to_read");
  return facts;
}

DataFrame make_interfaces(const Session& session, const std::optional<DataFrame>& kept,
                          std::uint64_t memory_bytes, const Interrupt& interrupt) {
  const DataFrame rows =
      find_dataset(kInterfaces)->rows(session, interrupt).stage(memory_bytes, interrupt);
  IoAdapter(session).register_view(kInterfaces, kept ? kept->union_by_name(rows) : rows);
  return rows;
}

std::vector<MadeDataset> make_datasets(const Session& session, Reach reach,
                                       std::uint64_t memory_bytes, bool has_scip,
                                       const DatasetChoice& wanted, PhaseLog& log,
                                       const Interrupt& interrupt) {
  IoAdapter adapter(session);
  std::vector<MadeDataset> stored;
  std::uint64_t done = 0;
  for (const Dataset& dataset : datasets()) {
    if (dataset.name == kFileModules || dataset.name == kInterfaces) continue;
    if (reach_of(dataset) != reach) continue;
    if (dataset.from_scip && dataset.intermediate && !has_scip) continue;
    const bool is_read = is_input(dataset.name, has_scip);
    if (!is_read && !dataset.intermediate && !wanted(dataset)) continue;
    DataFrame rows = make_rows(session, dataset, has_scip, interrupt);
    // What others read is made once. What nobody reads runs when it is written.
    if (!dataset.is_native() && is_read) {
      rows = rows.stage(memory_bytes, interrupt);
    }
    if (dataset.intermediate || is_read) adapter.register_view(dataset.name, rows);
    if (!dataset.intermediate && wanted(dataset)) stored.push_back({&dataset, rows});
    log.advance(++done);
  }
  return stored;
}

}  // namespace alluvium::code
