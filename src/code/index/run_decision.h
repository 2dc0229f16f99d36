#pragma once

#include <optional>

#include "alluvium/code/index_plan.h"
#include "alluvium/code/lake.h"
#include "code/index/file_changes.h"
#include "code/index/run_basis.h"
#include "code/index/stat_cache.h"
#include "code/publish/runs_table.h"
#include "code/publish/utc_time.h"

namespace alluvium::code {

/// What a run has to do, and with what it does that.
struct RunDecision {
  /// The run to be, without an id and with no pins; with why all tables are made anew, if they are.
  Run run;
  /// What the run starts from: the last run, or an earlier one to whose files the files went back.
  /// Where there is nothing to do, the run that is there already. There is none only for a rebuild.
  std::optional<Run> before = std::nullopt;
  /// What is known of the files of `before` without opening them, or as its table has them.
  std::optional<StatCache> known = std::nullopt;
  /// How the files differ from those of `before`. Nothing where they weren't compared, or by force
  /// couldn't be: then `work` is `Nothing` or `Rebuild`.
  std::optional<FileChanges> changes = std::nullopt;
  IndexWork work = IndexWork::Rebuild;

  /// Whether it starts from an earlier run than the last, whose rows the tables don't have now.
  [[nodiscard]] bool goes_back() const {
    return work != IndexWork::Nothing && before && before->run_id != run.parent_run_id;
  }
};

/// Compares the files with those of the last of `runs`, and of earlier ones where much differs, and
/// so decides what a run that started at
/// `started` has to do. Writes nothing. Errors: those of reading the lake's tables.
RunDecision decide(const RunBasis& basis, const PublishedRuns& runs, UtcMicros started);

}  // namespace alluvium::code
