#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "alluvium/code/lake.h"

namespace alluvium::code {

/// One table as a set of runs pins it: which repositories are read at which of its versions.
using TablePins = std::map<std::int64_t, std::vector<std::string>>;

/// The tables that `runs` pin, by name.
std::map<std::string, TablePins> pins_of(const std::vector<Run>& runs);

}  // namespace alluvium::code
