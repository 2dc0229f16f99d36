#pragma once

#include <cstdint>
#include <future>
#include <string>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/datasets/datasets.h"
#include "code/identity/file_outcomes.h"
#include "code/resolve/class_hierarchy.h"
#include "code/resolve/file_choice.h"
#include "code/resolve/lookups.h"
#include "code/resolve/outcome_digests.h"
#include "code/resolve/program.h"
#include "code/resolve/relations.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

/// All that resolution says of a repository's names. Any file can change any of it, so it is found
/// of all files; rows are made of it only where they are wanted.
///
/// Thread-safety: immutable.
class ResolvedNames {
 public:
  ResolvedNames(Program program, const Interrupt& interrupt);
  ResolvedNames(const ResolvedNames&) = delete;
  ResolvedNames& operator=(const ResolvedNames&) = delete;

  /// The rows of `outside_modules`, and those of `imports_resolved`, `exports`, `relations`,
  /// `lookups` and `lookup_candidates` of all files, or of those with the ids `files`, which are in
  /// order.
  [[nodiscard]] MadeRows rows() const { return rows(FileChoice::all()); }
  [[nodiscard]] MadeRows rows(const std::vector<std::string>& files) const;

  /// Puts what those rows come to, and those of `modules`, into the outcomes of their files, which
  /// must have those of the files' own facts.
  void add_outcomes(FileOutcomes& outcomes) const;

 private:
  [[nodiscard]] MadeRows rows(const FileChoice& files) const;

  /// What names come to where nothing but names and imports is asked.
  struct Names {
    explicit Names(const Program& program);

    OutcomeDigests modules;
    OutcomeDigests imports;
    OutcomeDigests exports;
    std::vector<RecordBatch> outside_modules;
  };

  const Program program_;
  std::future<Names> making_names_;  // beside what follows
  const ClassHierarchy classes_;
  const ValueFlow flow_;
  std::future<std::vector<Relation>> finding_relations_;  // beside what follows
  const Answers answers_;
  const std::vector<Relation> relations_;
  const Names names_;
};

}  // namespace alluvium::code
