#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/index/phase_log.h"
#include "code/publish/lake_layout.h"
#include "code/publish/table_properties.h"

namespace alluvium::code {

/// One published table with the rows that a run has for it.
struct TableChange {
  TableDeclaration table;
  DataFrame rows;
  /// No two rows are equal.
  bool has_key = false;
};

/// What a run's commits came to, by table.
struct CommittedTables {
  std::map<std::string, std::int64_t> versions;
  std::map<std::string, std::int64_t> counts;
};

/// Replaces the rows of `repo` in each table, one commit a table, several at once. What is
/// committed here is seen by nobody before the run is published. A table whose rows are those that
/// `before` pins (if there was a run) gets no commit and keeps its pin, except for large tables,
/// which take longer to compare than to write. The first failure stops the other commits and is
/// thrown.
CommittedTables commit_tables(const Session& session, const LakeLayout& lake, const Run& run,
                              const Run* before, const std::vector<TableChange>& changes,
                              PhaseLog& log, const Interrupt& interrupt);

}  // namespace alluvium::code
