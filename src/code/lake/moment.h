#pragma once

#include <string_view>
#include <vector>

#include "alluvium/code/lake.h"

namespace alluvium::code {

/// The run of each repository that `moment` names (`Lake::at` tells how), sorted by repository.
/// `history` is in the order in which runs finished. Errors: NotFound, InvalidArgument.
std::vector<Run> runs_at(std::string_view moment, const std::vector<Run>& history);

}  // namespace alluvium::code
