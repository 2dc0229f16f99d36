#pragma once

#include <string>
#include <vector>

#include "cli/delta.h"

namespace alluvium::cli {

/// What a verb of `alluvium delta` takes that makes a table, or may have to.
struct CreateOptions : DeltaOptions {
  std::vector<std::string> columns;
  std::vector<std::string> partition_by;
  std::vector<std::string> properties;
  std::string name;
  std::string description;
};

/// Adds all of them but the columns.
void add_layout_options(CLI::App& verb, CreateOptions& options);

}  // namespace alluvium::cli
