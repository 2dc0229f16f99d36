#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/index/phase_log.h"
#include "code/index/table_change.h"
#include "code/index/table_choice.h"
#include "code/publish/lake_layout.h"

namespace alluvium::code {

/// What a run's commits came to, by table.
struct CommittedTables {
  std::map<std::string, std::int64_t> versions;
  std::map<std::string, std::int64_t> counts;
};

/// Replaces rows of a run's repository in tables, one commit a table, several at once and beside
/// what else the run does. What is committed here is seen by nobody before the run is published. A
/// table whose rows are those that the run before pins (if there was one) gets no commit and keeps
/// its pin, except for large tables that are given as a whole, which take longer to compare than to
/// write. Of a table that is given by files, only data files with rows of files that differ are
/// written again; where another run left commits that were never published, all rows of the
/// repository are. The first failure stops the other commits.
///
/// Thread-safety: one thread at a time.
class TableCommits {
 public:
  /// `before` may be null, if no table is given by files. The references must outlive this.
  TableCommits(const Session& session, const LakeLayout& lake, const Run& run, const Run* before,
               PhaseLog& log, const Interrupt& interrupt);
  TableCommits(const TableCommits&) = delete;
  TableCommits& operator=(const TableCommits&) = delete;
  /// Stops what is not done yet, and waits for it.
  ~TableCommits();

  /// From now on tables that are not chosen are not written.
  void leave_out_all_but(const TableChoice& choice);
  /// Begins with these tables.
  void add(std::vector<TableChange> changes);
  /// Begins with making the rows that `earlier` pins those of the tables again, where the run
  /// before, whose rows they have now, pins others: its data files are taken over, and none is
  /// written.
  void go_back(const Run& earlier);
  /// Waits for all tables. Throws the first failure.
  CommittedTables finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace alluvium::code
