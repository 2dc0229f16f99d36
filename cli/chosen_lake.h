#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "alluvium/code/lake.h"

namespace alluvium::cli {

/// The lake that a verb is told to read, and at which runs.
struct ChosenLake {
  std::string folder;
  std::string repo;    ///< The only repository to read; empty for all.
  std::string moment;  ///< As `code::Lake::at` reads it; empty for the current runs.

  void add_folder_option(CLI::App& verb);
  void add_repository_option(CLI::App& verb);
  void add_moment_option(CLI::App& verb);

  /// Errors: those of `find_lake`, `code::Lake::open` `code::Lake::at` and `code::Lake::only`.
  [[nodiscard]] code::Lake open(const Interrupt& interrupt) const;
};

/// The lake that a command reads: `given` itself or the `.alluvium` in it; where nothing is given,
/// the nearest `.alluvium` from the current folder upwards, as git finds its repository.
/// Errors: NotFound, with the command to run.
std::filesystem::path find_lake(const std::filesystem::path& given);

}  // namespace alluvium::cli
