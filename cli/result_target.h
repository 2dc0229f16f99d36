#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/session/session.h"
#include "cli/query.h"

namespace alluvium::cli {

/// Where a verb's results go and how they are written, as the command line says it.
struct ResultTarget {
  std::string format = "table";
  std::string output;  ///< A file; empty for standard output.

  void add_options(CLI::App& verb);

  /// Says no to what can't work, before anything runs. Errors: InvalidArgument.
  void check(ResultFormat chosen, std::size_t results) const;

  /// Runs statements one after another, up to the first that fails, whose number the error tells.
  void write(const Session& session, const std::vector<std::string>& statements,
             ResultFormat chosen, const SqlParameters& parameters,
             const Interrupt& interrupt) const;
};

}  // namespace alluvium::cli
