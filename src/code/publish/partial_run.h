#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/code/lake.h"

namespace alluvium::code {

/// How the `rebuild_reason` of a run begins that made a part of the tables (`IndexRequest::only`).
inline constexpr std::string_view kPartReason = "--only";

/// Whether the run made a part of the tables; the others have no pin in it.
inline bool is_partial(const Run& run) { return run.rebuild_reason.starts_with(kPartReason); }

/// The published tables, and views over them, that can't be read at `runs`, because one of these
/// made a part of the tables and not that one: with why, and the way out.
std::map<std::string, std::string> left_out_tables(const std::vector<Run>& runs);

}  // namespace alluvium::code
