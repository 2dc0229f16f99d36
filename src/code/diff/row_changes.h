#pragma once

#include <string>
#include <vector>

#include "code/datasets/datasets.h"

namespace alluvium::code {

/// The query for the rows of a table that only one of the schemas `before` and `after` has, told
/// apart by the dataset's key; by all of `columns`, where it has none. Its columns: `change` (added
/// or removed), then `columns`.
std::string row_changes_query(const Dataset& dataset, const std::vector<std::string>& columns);

/// The query for how many rows of each of `tables` were added and removed in each repository, of
/// the tables `changes.NAME`: repo, table, added, removed; nothing for what is the same.
std::string change_counts_query(const std::vector<std::string>& tables);

}  // namespace alluvium::code
