#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/publish/lake_layout.h"
#include "code/publish/utc_time.h"

namespace alluvium::code {

/// The table `runs` at one version.
struct PublishedRuns {
  std::int64_t version = 0;
  /// The current run of each repository: its latest worktree run, else its latest commit run.
  /// Sorted by repository.
  std::vector<Run> current;
  /// The last published run of each repository, of either kind: the one whose tables the next run
  /// starts from. Sorted likewise.
  std::vector<Run> last;

  /// When the newest row of each repository says that it finished, those of maintenance included.
  std::map<std::string, UtcMicros, std::less<>> newest_row;

  /// The current run of `repo`, or null.
  [[nodiscard]] const Run* find(std::string_view repo) const;
  /// The last run of `repo`, or null.
  [[nodiscard]] const Run* find_last(std::string_view repo) const;
  /// When the next row of `repo` finishes: `now`, but after all rows that are there, also when the
  /// machine's clock was set back. Whoever reads the newest row alone relies on that.
  [[nodiscard]] UtcMicros end_of_next(std::string_view repo, UtcMicros now) const;
  /// Adds a run that was published as `published_as`, unless others were in between: then
  /// this stays as it is, and `is_latest` tells.
  void add(const Run& run, std::int64_t published_as);
};

/// Reads `runs` at its latest version. Errors: NotFound, InvalidArgument (no table of a lake),
/// Unsupported (a newer format), Corruption, Io.
PublishedRuns read_runs(const Session& session, const LakeLayout& lake, const Interrupt& interrupt);

/// Whether nothing was published after `version` of `runs`.
bool is_latest(const LakeLayout& lake, std::int64_t version);

/// All runs that `runs` has at `version`, but for those of maintenance, which have the pins of
/// another one, in the order in which they finished. A reader of one of them checks its format
/// first (`check_run_format`). Errors: as `read_runs`.
std::vector<Run> read_history(const Session& session, const LakeLayout& lake, std::int64_t version,
                              const Interrupt& interrupt);

/// Fails with Unsupported when `run` is of a newer format than this program knows.
void check_run_format(const LakeLayout& lake, const Run& run);

/// Publishes `run`: the one commit that makes it visible. Returns its version of `runs`. Errors: as
/// `delta::write`.
std::int64_t append_run(const Session& session, const LakeLayout& lake, const Run& run,
                        const Interrupt& interrupt);

/// The rows of `runs` that are of one of the repositories of `runs`, and finished before it.
Expr is_before(const std::vector<Run>& runs);

/// Takes those rows out of `runs`, and the maintenance runs of the same repositories, whose pins
/// may go; adds `maintenance` instead, in one commit. Returns its version. Errors: as
/// `delta::write`.
std::int64_t remove_runs(const Session& session, const LakeLayout& lake,
                         const std::vector<Run>& oldest_kept, const std::vector<Run>& maintenance,
                         const Interrupt& interrupt);

}  // namespace alluvium::code
