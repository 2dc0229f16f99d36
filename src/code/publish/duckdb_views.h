#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "alluvium/code/lake.h"
#include "code/publish/lake_layout.h"

namespace alluvium::code {

/// A script for DuckDB and its `delta` extension that makes a view of each published table, with
/// each repository at its own pin: what `Lake::session` shows.
std::string duckdb_script(const LakeLayout& lake, std::int64_t runs_version,
                          const std::vector<Run>& current);

/// Writes the script for the lake's current runs in place of the one before, unless it says the
/// same already. Errors: as `read_runs`, and Io, ResourceExhausted.
void refresh_duckdb_views(const Session& session, const LakeLayout& lake,
                          const Interrupt& interrupt);

}  // namespace alluvium::code
