#pragma once

#include <vector>

#include "alluvium/code/index_plan.h"

namespace alluvium::code {

/// What a run that does `work` does with each table, in the order in which they are made.
std::vector<PlannedTable> planned_tables(IndexWork work);

}  // namespace alluvium::code
