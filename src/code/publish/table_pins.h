#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/code/lake.h"

namespace alluvium::code {

/// One table as a set of runs pins it: which repositories are read at which of its versions.
using TablePins = std::map<std::int64_t, std::vector<std::string>>;

/// Whether `table` is for the next run alone, and not for readers.
inline bool is_internal(std::string_view table) { return table.starts_with('_'); }

/// Whether `run` pins that version of `table`.
bool pins(const Run& run, const std::string& table, std::int64_t version);

/// The tables that `runs` pin for readers, by name; without those that one of the runs left out
/// (`is_partial`), which nobody could tell from a table without that repository's rows.
std::map<std::string, TablePins> pins_of(const std::vector<Run>& runs);

}  // namespace alluvium::code
