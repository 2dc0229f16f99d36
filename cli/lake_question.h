#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "alluvium/frame/expr.h"
#include "alluvium/session/session.h"
#include "cli/chosen_lake.h"
#include "cli/program.h"

namespace alluvium::cli {

/// A question about a lake: which lake, and how the answer is written.
struct LakeQuestion {
  ChosenLake lake;
  std::string format = "table";

  /// The options --lake, --repo, --at, --format and --json.
  void add_options(Program& program, CLI::App& verb);
  /// Runs `query` in a session of `opened` and writes the answer to standard output.
  void ask(const Program& program, const code::Lake& opened, const std::string& query,
           const SqlParameters& parameters, const Interrupt& interrupt) const;
};

}  // namespace alluvium::cli
