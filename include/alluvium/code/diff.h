#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"

namespace alluvium::code {

/// What differs between two states of repositories: of the same lake at two moments (`Lake::at`).
///
/// Thread-safety: immutable; copies share.
class Diff {
 public:
  /// Of the repositories that both have. Errors: InvalidArgument when there is none.
  Diff(const Lake& before, const Lake& after);

  /// The two runs of each repository, in the same order.
  [[nodiscard]] const std::vector<Run>& before() const { return before_; }
  [[nodiscard]] const std::vector<Run>& after() const { return after_; }
  /// Repositories that only one of the states has.
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }
  /// The tables that can be compared: those that the runs on both sides have.
  [[nodiscard]] const std::vector<std::string>& tables() const { return tables_; }

  /// Opens a session with the tables of both states, and what differs as tables too:
  ///
  ///     before.NAME, after.NAME   each published table
  ///     changes.NAME              its rows with a key that only one side has (of a table without a
  ///                               key, its distinct rows): `change` (added, removed), its columns
  ///     changes.counts            repo, table, added, removed: of tables that differ
  ///     changes.definitions_by_name   repo, change (added, removed, moved, signature changed, body
  ///                               changed), kind, qualified_name, before, after, path, line
  ///
  /// `profile`'s roots are narrowed to the lake; its policy is kept.
  [[nodiscard]] Session session(RuntimeProfile profile, const Interrupt& interrupt = {}) const;

  /// The ids of the definitions that the difference is about, as `after` has them: what SQL
  /// `impact()` in a session of that lake takes, one a line. They are new, or their signature,
  /// decorators or body differ, or they used one that is gone; of a file that differs in neither,
  /// all variables of the module. In order. Errors: NotFound (a side lacks tables that this needs).
  [[nodiscard]] std::vector<std::string> changed_definitions(const Interrupt& interrupt = {}) const;

 private:
  [[nodiscard]] bool may_differ(const std::string& table) const;

  std::filesystem::path folder_before_;
  std::filesystem::path folder_after_;
  std::vector<Run> before_;
  std::vector<Run> after_;
  std::vector<std::string> left_out_;
  std::vector<std::string> tables_;
};

}  // namespace alluvium::code
