#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/error.h"
#include "code/publish/utc_time.h"

namespace alluvium::code {

/// The run of each repository that `moment` names (`Lake::at` tells how), sorted by repository.
/// `history` is in the order in which runs finished. Errors: NotFound, InvalidArgument.
std::vector<Run> runs_at(std::string_view moment, const std::vector<Run>& history);

/// The failure that says that what `moment` names is among the runs that were removed, and what is
/// left; nothing when it isn't. Both lists are in the order in which runs finished.
std::optional<Error> removed_at(std::string_view moment, const std::vector<Run>& removed,
                                const std::vector<Run>& history);

/// The time that `moment` names, or at which the first of the runs that it names was finished.
/// Errors: as `runs_at`.
UtcMicros time_of(std::string_view moment, const std::vector<Run>& history);

}  // namespace alluvium::code
