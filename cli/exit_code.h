#pragma once

#include <string>

#include "alluvium/error.h"

namespace alluvium::cli {

/// How the program ends, for scripts. `docs/cli.md` and `alluvium help exit-codes` list the same.
enum class ExitCode : int {
  Ok = 0,
  Failure = 1,
  Usage = 2,
  Query = 3,
  Policy = 4,
  NotFound = 5,
  Conflict = 6,
  Limit = 7,
  Io = 8,
  Data = 9,
  Cancelled = 130,
  ClosedOutput = 141,
};

/// The one place that maps errors to exit codes.
ExitCode exit_code(ErrorCode code);

/// The table of exit codes as people read it.
std::string exit_code_help();

}  // namespace alluvium::cli
