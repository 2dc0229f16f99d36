#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "alluvium/code/gc.h"
#include "code/publish/runs_table.h"
#include "code/publish/utc_time.h"

namespace alluvium::code {

/// What a lake's runs are split into.
struct Retained {
  std::vector<Run> removed;  ///< In the order in which they finished.
  std::vector<Run> kept;     ///< Likewise.
  std::vector<KeptRuns> repositories;
};

/// Splits `history`, which is in the order in which runs finished. Of each repository are kept its
/// `keep` newest runs, the one of `current`, and with `since` the last that was finished by then,
/// each with all after it.
Retained retain(const std::vector<Run>& history, const std::vector<Run>& current, std::size_t keep,
                std::optional<UtcMicros> since);

}  // namespace alluvium::code
