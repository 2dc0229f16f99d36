#pragma once

#include <utility>
#include <vector>

#include "code/resolve/name_facts.h"

namespace alluvium::code {

/// All files of a program, or some of them.
///
/// Thread-safety: a plain value.
class FileChoice {
 public:
  static FileChoice all() { return FileChoice({}); }
  /// Those at whose places `chosen` is true; it has one for each file.
  explicit FileChoice(std::vector<bool> chosen) : chosen_(std::move(chosen)) {}

  [[nodiscard]] bool has(ProgramIndex file) const {
    return chosen_.empty() || chosen_[static_cast<std::size_t>(file)];
  }

 private:
  std::vector<bool> chosen_;  // empty for all
};

}  // namespace alluvium::code
