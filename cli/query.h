#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/session/session.h"
#include "cli/output.h"
#include "cli/terminal.h"

namespace alluvium::cli {

enum class ResultFormat { Table, Csv, Json, Ndjson, Arrow, Parquet };

/// The names of the formats, in the order above.
const std::vector<std::string>& result_format_names();
/// Errors: InvalidArgument.
ResultFormat result_format_from_name(const std::string& name);

/// Plans and runs one statement under the session's policy and writes its rows to `output`, in any
/// format but Parquet. Errors: those of the query; throws OutputClosed.
void run_query(const Session& session, std::string_view query, const SqlParameters& parameters,
               ResultFormat format, Output& output, const Terminal& terminal,
               const Interrupt& interrupt);

/// Runs one statement and writes its rows to the Parquet file `path`.
void run_query_to_parquet(const Session& session, std::string_view query,
                          const SqlParameters& parameters, const std::filesystem::path& path,
                          const Interrupt& interrupt);

}  // namespace alluvium::cli
