#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alluvium/frame/interrupt.h"

namespace alluvium::code {

/// How a program ended, and what it printed.
struct ChildResult {
  int exit_code = 0;  ///< 128 and the signal's number for a program that a signal ended.
  std::string output;
  std::string errors;
};

/// Runs the program `arguments[0]`, found through PATH, with exactly `environment` (`NAME=value`),
/// without a shell and with nothing to read, and waits for its end. The program is killed when
/// `interrupt` fires. Returns nothing when there is no such program.
/// Errors: Io (it can't be started), Cancelled, DeadlineExceeded.
std::optional<ChildResult> run_child(const std::vector<std::string>& arguments,
                                     const std::vector<std::string>& environment,
                                     const Interrupt& interrupt);

}  // namespace alluvium::code
