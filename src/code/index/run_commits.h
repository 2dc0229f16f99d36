#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "alluvium/code/lake.h"
#include "alluvium/delta/commit.h"
#include "alluvium/delta/write.h"
#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/index/table_change.h"
#include "code/publish/lake_layout.h"

namespace alluvium::code {

/// What a table has after a run's commit: rows of the run's repository, at a version.
struct Committed {
  std::int64_t version;
  std::int64_t rows;
};

/// How a run commits to one table; `TableCommits` has it done for all of them.
///
/// Thread-safety: from many threads, of a table one at a time.
class RunCommits {
 public:
  /// `before` may be null, if no table is given by files. The references must outlive this.
  RunCommits(const Session& session, const LakeLayout& lake, const Run& run, const Run* before);

  /// Replaces the rows that `change` is about. A table that has them already keeps its version.
  [[nodiscard]] Committed commit(const TableChange& change, const Interrupt& interrupt) const;
  /// Makes the repository's rows of a version of a table the newest again. Returns the version that
  /// has them then.
  [[nodiscard]] std::int64_t restore(const std::string& table, std::int64_t version,
                                     const Interrupt& interrupt) const;

 private:
  [[nodiscard]] delta::CommitOptions commit_options() const;
  /// A table of an older format may lack columns. (A write that merges schemas would move the
  /// others about, and let some of them have nulls.)
  void add_missing_columns(const TableChange& change, const Schema& head,
                           const Interrupt& interrupt) const;
  [[nodiscard]] delta::WriteRequest request_for(const TableChange& change) const;
  /// The repository's rows of the table at a version.
  [[nodiscard]] DataFrame published(const std::string& table, std::int64_t version,
                                    const Interrupt& interrupt) const;
  /// The pin and the count of the run before, when `rows` are the rows that it pins.
  [[nodiscard]] std::optional<Committed> unchanged(const TableChange& change, const DataFrame& rows,
                                                   const Interrupt& interrupt) const;
  [[nodiscard]] Committed commit_files(const TableChange& change, const Interrupt& interrupt) const;
  /// Whether the table may hold rows of this repository that no run published: a run was killed
  /// after it had committed them.
  [[nodiscard]] bool has_unpublished(const std::string& table, std::int64_t pin, std::int64_t head,
                                     const Interrupt& interrupt) const;

  const Session& session_;
  const LakeLayout& lake_;
  const Run& run_;
  const Run* before_;
};

}  // namespace alluvium::code
