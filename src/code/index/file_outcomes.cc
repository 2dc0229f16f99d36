#include "code/index/file_outcomes.h"

#include <string_view>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"

namespace alluvium::code {
namespace {

Field column(std::string name, DataType type, std::string comment) {
  return {std::move(name), std::move(type), false, {{"comment", std::move(comment)}}};
}

}  // namespace

FileIds differing(const FileOutcomes& a, const FileOutcomes& b) {
  FileIds ids;
  for (const auto& [dataset, digests] : a) ids = united(ids, differing(a, b, dataset));
  for (const auto& [dataset, digests] : b) ids = united(ids, differing(a, b, dataset));
  return ids;
}

FileIds differing(const FileOutcomes& a, const FileOutcomes& b, std::string_view dataset) {
  static const FileDigests kNone;
  const auto in_a = a.find(dataset);
  const auto in_b = b.find(dataset);
  return differing_ids(in_a == a.end() ? kNone : in_a->second,
                       in_b == b.end() ? kNone : in_b->second);
}

TableDeclaration outcomes_declaration() {
  return {.name = "_file_outcomes",
          .description = "What a dataset has of a file, as a digest",
          .schema = {.fields = {column("repo", utf8(), "Name of the repository in this lake."),
                                column("file_id", utf8(), "The file."),
                                column("dataset", utf8(), "The dataset."),
                                column("digest", int64(), "What it has of the file.")}}};
}

DataFrame outcome_rows(const Session& session, const std::string& repo,
                       const FileOutcomes& outcomes) {
  RecordBatchBuilder rows(outcomes_declaration().schema);
  for (const auto& [dataset, files] : outcomes) {
    for (const auto& [file, digest] : files) {
      rows.column(0).append(std::string_view(repo));
      rows.column(1).append(std::string_view(file));
      rows.column(2).append(std::string_view(dataset));
      rows.column(3).append(static_cast<std::int64_t>(digest));
    }
  }
  std::vector<RecordBatch> batches;
  batches.push_back(rows.finish());
  IoAdapter(session).register_record_batches("outcomes_now", std::move(batches));
  return session.table("outcomes_now").sort({col("file_id").asc()});
}

FileOutcomes read_outcomes(const Session& session, const LakeLayout& lake, const Run& run,
                           const Interrupt& interrupt) {
  const std::string table = outcomes_declaration().name;
  const delta::ProviderBundle pinned = delta::provider_from_session(
      session, {.table_uri = lake.uri(table), .version = run.versions.at(table)}, interrupt);
  FileOutcomes outcomes;
  for (const RecordBatch& batch : session.read(pinned.provider)
                                      .filter(col("repo") == lit(run.repo))
                                      .select({"dataset", "file_id", "digest"})
                                      .collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      outcomes[std::string(batch.column(0).bytes(row))].emplace(
          batch.column(1).bytes(row), static_cast<std::uint64_t>(batch.column(2).int64(row)));
    }
  }
  return outcomes;
}

}  // namespace alluvium::code
