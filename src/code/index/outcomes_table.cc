#include "code/index/outcomes_table.h"

#include <string_view>
#include <utility>
#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"
#include "code/index/row_digests.h"

namespace alluvium::code {
namespace {

Field column(std::string name, DataType type, std::string comment) {
  return {std::move(name), std::move(type), false, {{"comment", std::move(comment)}}};
}

}  // namespace

TableDeclaration outcomes_declaration() {
  return {.name = "_outcomes",
          .description = "What each dataset has of a file, as digests",
          .schema = {.fields = {column("repo", utf8(), "Name of the repository in this lake."),
                                column("file_id", utf8(), "The file."),
                                column("outcomes", binary(), "What each dataset has of it.")}}};
}

DataFrame outcome_rows(const Session& session, const std::string& repo,
                       const FileOutcomes& outcomes) {
  RecordBatchBuilder rows(outcomes_declaration().schema);
  std::string packed;
  for (const auto& [file, of_file] : outcomes) {
    packed.clear();
    pack(of_file, packed);
    rows.column(0).append(std::string_view(repo));
    rows.column(1).append(std::string_view(file));
    rows.column(2).append(std::string_view(packed));
  }
  std::vector<RecordBatch> batches;
  batches.push_back(rows.finish());
  IoAdapter(session).register_record_batches("outcomes_now", std::move(batches));
  return session.table("outcomes_now");
}

FileOutcomes read_outcomes(const Session& session, const LakeLayout& lake, const Run& run,
                           const Interrupt& interrupt) {
  const std::string table = outcomes_declaration().name;
  const delta::ProviderBundle pinned = delta::provider_from_session(
      session, {.table_uri = lake.uri(table), .version = run.versions.at(table)}, interrupt);
  FileOutcomes outcomes;
  for (const RecordBatch& batch : session.read(pinned.provider)
                                      .filter(col("repo") == lit(run.repo))
                                      .select({"file_id", "outcomes"})
                                      .collect(interrupt)) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      // They mostly lie in order.
      outcomes.emplace_hint(outcomes.end(), batch.column(0).bytes(row),
                            unpack(batch.column(1).bytes(row)));
    }
  }
  return outcomes;
}

void add_outcomes_of_facts(const DataFrame& facts, FileOutcomes& outcomes,
                           const Interrupt& interrupt) {
  RecordBatchReader reader = facts.select({"file_id", "outcomes"}).stream(interrupt);
  while (const auto batch = reader.next()) {
    for (std::int64_t row = 0; row < batch->row_count(); ++row) {
      outcomes.insert_or_assign(std::string(batch->column(0).bytes(row)),
                                unpack(batch->column(1).bytes(row)));
    }
  }
}

void add_outcomes_of_rows(std::string_view dataset, const DataFrame& rows,
                          std::string_view file_column, FileOutcomes& outcomes,
                          const Interrupt& interrupt) {
  const std::size_t place = outcome_place(dataset);
  for (auto& [file, of_file] : outcomes) of_file[place] = {};
  for (const auto& [owner, digest] : row_digests(rows, file_column, interrupt)) {
    outcomes[owner][place] = {digest.rows, digest.sum.low};
  }
  std::erase_if(outcomes, [](const auto& each) { return each.second == OutcomesOfFile(); });
}

}  // namespace alluvium::code
