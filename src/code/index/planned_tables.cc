#include "code/index/planned_tables.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "code/datasets/datasets.h"
#include "code/index/dataset_frames.h"
#include "code/index/file_states.h"

namespace alluvium::code {
namespace {

TableWork work_of(const Dataset& dataset, IndexWork work) {
  if (work == IndexWork::Rebuild) return TableWork::Anew;
  // An index of SCIP makes all tables anew.
  if (work != IndexWork::Update || dataset.from_scip) return TableWork::Untouched;
  switch (reach_of(dataset)) {
    case Reach::File:
      return TableWork::Files;
    case Reach::Answers:
      return TableWork::References;
    case Reach::Repository:
      return TableWork::Resolution;
  }
  return TableWork::Anew;
}

/// Adds the tables that `dataset` is made from.
void add_inputs(const Dataset& dataset, std::vector<std::string>& tables) {
  for (const std::string_view input : dataset.inputs) {
    const Dataset* const made = find_dataset(input);
    if (made == nullptr) continue;
    if (!made->is_stored()) {
      add_inputs(*made, tables);
    } else if (std::ranges::find(tables, made->table()) == tables.end()) {
      tables.push_back(made->table());
    }
  }
}

}  // namespace

std::string_view to_string(IndexWork work) {
  switch (work) {
    case IndexWork::Nothing:
      return "nothing";
    case IndexWork::Revision:
      return "revision";
    case IndexWork::Update:
      return "update";
    case IndexWork::Rebuild:
      return "rebuild";
  }
  return "";
}

std::string_view to_string(TableWork work) {
  switch (work) {
    case TableWork::Untouched:
      return "untouched";
    case TableWork::Restored:
      return "restored";
    case TableWork::Files:
      return "files";
    case TableWork::References:
      return "references";
    case TableWork::Resolution:
      return "resolution";
    case TableWork::Anew:
      return "anew";
  }
  return "";
}

std::vector<PlannedTable> planned_tables(IndexWork work) {
  std::vector<PlannedTable> tables;
  for (const Dataset& dataset : datasets()) {
    if (!dataset.is_stored()) continue;
    PlannedTable planned{.table = dataset.table(), .work = work_of(dataset, work)};
    add_inputs(dataset, planned.inputs);
    tables.push_back(std::move(planned));
  }
  // For the next run.
  const TableWork states = work == IndexWork::Rebuild  ? TableWork::Anew
                           : work == IndexWork::Update ? TableWork::Resolution
                                                       : TableWork::Untouched;
  tables.push_back({.table = file_states_declaration().name, .work = states, .inputs = {}});
  return tables;
}

}  // namespace alluvium::code
