#include "code/index/table_choice.h"

#include <string_view>

#include "alluvium/error.h"
#include "code/datasets/datasets.h"
#include "code/index/dataset_frames.h"

namespace alluvium::code {
namespace {

/// Adds the dataset and what it is made from.
void add(const Dataset& dataset, std::set<const Dataset*>& chosen) {
  if (!chosen.insert(&dataset).second) return;
  for (const std::vector<std::string_view>& inputs : {dataset.inputs, dataset.scip_inputs}) {
    for (const std::string_view input : inputs) {
      if (const Dataset* const made = find_dataset(input)) add(*made, chosen);
    }
  }
}

const Dataset& published(const std::string& table) {
  const Dataset* const found = find_dataset(table);
  if (found != nullptr && found->is_stored()) return *found;
  std::string known;
  for (const Dataset& dataset : datasets()) {
    if (!dataset.is_stored()) continue;
    known += (known.empty() ? "`" : ", `") + dataset.table() + "`";
  }
  throw Error(ErrorCode::NotFound, "no run makes a table `" + table + "`; they make " + known,
              false, {{"table", table}});
}

}  // namespace

TableChoice::TableChoice(const std::vector<std::string>& only) {
  if (only.empty()) return;
  is_all_ = false;
  std::set<const Dataset*> chosen;
  for (const std::string& table : only) add(published(table), chosen);
  add(published("files"), chosen);
  needs_resolution_ = false;
  for (const Dataset* dataset : chosen) {
    if (!dataset->is_stored()) continue;
    tables_.insert(dataset->table());
    needs_resolution_ |= reach_of(*dataset) != Reach::File;
  }
}

}  // namespace alluvium::code
