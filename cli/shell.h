#pragma once

#include <chrono>
#include <optional>

#include "alluvium/session/session.h"
#include "cli/query.h"

namespace alluvium::cli {

struct ShellOptions {
  ResultFormat format = ResultFormat::Table;
  SqlParameters parameters = {};
  std::optional<std::chrono::milliseconds> timeout = std::nullopt;  ///< Of each query.
};

/// Reads statements and commands from the terminal until `\q` or the end of input. A failure is
/// told and forgotten; Ctrl-C drops the line or cancels the query that runs.
void run_shell(const Session& session, ShellOptions options);

}  // namespace alluvium::cli
