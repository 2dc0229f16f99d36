#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/interrupt.h"

namespace alluvium::code {

/// How a program ended, and what it printed.
struct ChildResult {
  int exit_code = 0;  ///< 128 and the signal's number for a program that a signal ended.
  std::string output;
  std::string errors;
};

/// A program with its arguments, found through PATH, and exactly its environment (`NAME=value`).
struct ChildCommand {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
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

/// A program that answers questions until this is destroyed, which kills it.
///
/// Thread-safety: one thread at a time.
class Dialogue {
 public:
  /// Errors: Io (it can't be started).
  explicit Dialogue(const ChildCommand& command);
  Dialogue(Dialogue&&) noexcept;
  Dialogue& operator=(Dialogue&&) noexcept;
  ~Dialogue();

  /// Writes `text` to the program's input. Errors: Io (it is gone).
  void say(std::string_view text);
  /// Reads up to and without the next line's end. Errors: as `say`.
  std::string hear_line();
  /// Reads `size` bytes. Errors: as `say`.
  std::string hear(std::size_t size);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace alluvium::code
