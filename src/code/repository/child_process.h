#pragma once

#include <filesystem>
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

/// Where a program runs.
struct ChildPlace {
  std::filesystem::path folder = {};  ///< Empty: this process's own.
  /// Makes it the head of a process group: what it starts is killed with it.
  bool own_group = false;
};

/// Runs the program `arguments[0]`, found through PATH, with exactly `environment` (`NAME=value`),
/// without a shell and with nothing to read, and waits for its end. The program is killed when
/// `interrupt` fires. Returns nothing when there is no such program.
/// Errors: Io (it can't be started), Cancelled, DeadlineExceeded.
std::optional<ChildResult> run_child(const std::vector<std::string>& arguments,
                                     const std::vector<std::string>& environment,
                                     const Interrupt& interrupt, const ChildPlace& place = {});

}  // namespace alluvium::code
