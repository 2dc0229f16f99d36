#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace alluvium::cli {

/// A script cut at the semicolons that end its statements: not those in strings, quoted names,
/// dollar-quoted strings or comments.
struct SplitScript {
  std::vector<std::string> statements;  ///< Without the semicolon; none is only comments.
  std::string rest;  ///< What follows the last semicolon; empty when only space and comments do.
};

SplitScript split_statements(std::string_view script);

}  // namespace alluvium::cli
