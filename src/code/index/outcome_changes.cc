#include "code/index/outcome_changes.h"

#include "code/datasets/datasets.h"

namespace alluvium::code {
namespace {

std::int64_t rows(const FileOutcomes& outcomes, const std::string& file, std::size_t place) {
  const auto found = outcomes.find(file);
  return found == outcomes.end() ? 0 : found->second[place].rows;
}

}  // namespace

TableChange change_of(const MadeDataset& made) {
  const Dataset& dataset = *made.dataset;
  return {.table = {.name = dataset.table(),
                    .description = std::string(dataset.meaning),
                    .schema = table_schema(dataset),
                    .change_data_feed = true,
                    .ordered_by = std::string(dataset.file_column),
                    .id = dataset.key.size() == 1 ? std::string(dataset.key.front()) : ""},
          .file_column = std::string(dataset.file_column),
          .data_file_bytes = dataset.data_file_bytes,
          .rows = made.rows};
}

std::vector<TableChange> changes_of(const std::vector<MadeDataset>& datasets) {
  std::vector<TableChange> changes;
  for (const MadeDataset& made : datasets) changes.push_back(change_of(made));
  return changes;
}

const FileIds& OutcomeChanges::answered() const {
  return differ_.by_dataset[outcome_place("lookups")];
}

TableChange OutcomeChanges::change(const MadeDataset& made) const {
  TableChange change = change_of(made);
  change.files = files(*made.dataset);
  const auto counted = run_before_.counts.find(change.table.name);
  change.rows_after = counted == run_before_.counts.end() ? 0 : counted->second;
  const std::size_t place = outcome_place(made.dataset->name);
  for (const std::string& file : *change.files) {
    change.rows_after += rows(now_, file, place) - rows(before_, file, place);
  }
  return change;
}

std::vector<TableChange> OutcomeChanges::changes(const std::vector<MadeDataset>& datasets) const {
  std::vector<TableChange> changes;
  for (const MadeDataset& made : datasets) {
    if (has(*made.dataset)) changes.push_back(change(made));
  }
  return changes;
}

FileIds OutcomeChanges::files(const Dataset& dataset) const {
  // What a SCIP index says doesn't change by files.
  if (dataset.from_scip) return {};
  const std::size_t place = outcome_place(dataset.name);
  FileIds ids = differ_.by_dataset[place];
  if (reach_of(dataset) == Reach::Answers) ids = united(ids, answered());
  std::erase_if(ids, [&](const std::string& file) {
    return rows(now_, file, place) == 0 && rows(before_, file, place) == 0;
  });
  return ids;
}

}  // namespace alluvium::code
