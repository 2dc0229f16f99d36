#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/session/session.h"

namespace alluvium::code {

/// The format that this program writes; a lake of a newer one is refused.
inline constexpr std::int64_t kLakeFormat = 5;

/// One published run of one repository: which version of each table is its state.
struct Run {
  std::string repo;
  std::string run_id;
  std::string parent_run_id;  ///< Empty for the first.
  std::string kind;           ///< `worktree`, `commit` or `maintenance`.
  std::string ref;            ///< The git branch, where there is one.
  std::string source_revision;
  bool dirty = false;
  std::string started_at;  ///< RFC 3339, UTC.
  std::string finished_at;
  std::int64_t format_version = kLakeFormat;
  std::string settings_hash;
  /// Why all tables were made anew; empty where only what changed was.
  std::string rebuild_reason;
  std::map<std::string, std::int64_t> versions;  ///< Table to Delta version.
  std::map<std::string, std::int64_t> counts;    ///< Table to rows of this repository.
};

/// A folder of Delta tables about source repositories, read at what one run of each repository
/// pins, the current one unless `at` says otherwise: never half of a run. What is published after
/// `open` is not seen; nothing is ever written, so the folder may be on a read-only disk.
///
/// Thread-safety: immutable; copies share.
class Lake {
 public:
  /// Opens the lake at `folder`. Errors: NotFound (no such folder, or nothing published yet, with
  /// the command to run), InvalidArgument (a folder that is no lake), Unsupported (a newer format),
  /// Corruption.
  static Lake open(const std::filesystem::path& folder, const Interrupt& interrupt = {});

  /// The same lake with each repository at the run that `moment` names; a repository without one is
  /// not there. A moment is one of
  ///
  ///     a run        its id, or the start of it: six hex digits or more
  ///     a revision   a git commit, or the start of it, likewise: the latest run of it, of each
  ///                  repository that has one, without uncommitted changes if there is such a run
  ///     a time       a date, or a date and time, in ISO 8601, UTC unless it has a zone: the last
  ///                  run that was finished by then, all of what is named included (so
  ///                  `2026-01-31` is the end of that day)
  ///
  /// Runs that were published after `open` are not found. Errors: NotFound (no such run, or one
  /// that `collect_garbage` removed; the message tells what there is), InvalidArgument (no moment,
  /// or one that could be several: the message lists them), Unsupported (a run of a newer format).
  [[nodiscard]] Lake at(std::string_view moment, const Interrupt& interrupt = {}) const;

  /// The same lake with one repository alone. Errors: NotFound (not there, or not at this moment).
  [[nodiscard]] Lake only(std::string_view repo) const;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// The views that sessions have beside the tables: the graph (`nodes`, `edges`, `props`), and
  /// `imports_across` repositories.
  [[nodiscard]] static std::vector<std::string> view_names();
  /// The run of each repository that is read, by the repository's name.
  [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }

  /// Tables, and views over them, that a run which made a part of the tables (`IndexRequest::only`)
  /// left out, with why: reading one in a session fails with that.
  [[nodiscard]] std::map<std::string, std::string> left_out() const;

  /// Opens a session whose tables are the published tables at their pins, all repositories
  /// together, with the views over them (`view_names`) and the table function `impact`. `profile`'s
  /// roots are narrowed to the lake; its policy is kept.
  [[nodiscard]] Session session(RuntimeProfile profile, const Interrupt& interrupt = {}) const;

 private:
  Lake(std::filesystem::path folder, std::int64_t runs_version, std::vector<Run> runs);
  std::filesystem::path folder_;
  std::int64_t runs_version_;  ///< Of the table `runs`, as it was when the lake was opened.
  std::vector<Run> runs_;
  std::string moment_;  ///< What `at` was given; empty for the current runs.
};

}  // namespace alluvium::code
