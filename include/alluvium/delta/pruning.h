#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "alluvium/frame/data_frame.h"

namespace alluvium::delta {

/// How many data files one scan of a Delta table reads, and why not the others.
struct PruningReport {
  std::string table_uri;
  std::int64_t version = 0;
  /// Of the table at that version (or of the restricted set).
  std::int64_t files_total = 0;
  /// Left out since their partition values don't fit the conditions on partition columns.
  std::int64_t dropped_by_partition = 0;
  /// Left out since their statistics (smallest and largest values, nulls) don't fit the others.
  std::int64_t dropped_by_statistics = 0;
  std::int64_t files_kept = 0;
  /// The conditions that reached the scan, as the engine writes them.
  std::vector<std::string> filters;
};

/// Plans `frame` and reports each scan of a Delta table in it; runs nothing. The engine prunes by
/// its own expressions; at run time dynamic filters may leave out more. Errors: those of planning.
std::vector<PruningReport> pruning(const DataFrame& frame, const Interrupt& interrupt = {});

}  // namespace alluvium::delta
