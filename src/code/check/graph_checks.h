#pragma once

#include <vector>

#include "code/check/table_checks.h"
#include "code/datasets/datasets.h"

namespace alluvium::code {

/// What the views `nodes` and `edges`, of which `view` is one, promise beside their declared keys
/// and references: only known kinds, with the properties that each of a kind has, and confidence
/// from 0 to 1. (That properties are of something, once each, follows from how `props` is made.)
std::vector<TableCheck> graph_checks(const Dataset& view);

}  // namespace alluvium::code
