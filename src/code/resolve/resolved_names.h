#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/datasets/datasets.h"
#include "code/resolve/class_hierarchy.h"
#include "code/resolve/file_choice.h"
#include "code/resolve/lookups.h"
#include "code/resolve/program.h"
#include "code/resolve/relations.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

/// Digests by the ids of files.
using FileDigests = std::map<std::string, std::uint64_t, std::less<>>;

/// What resolution came to for each file, by dataset.
using FileOutcomes = std::map<std::string, FileDigests, std::less<>>;

/// All that resolution says of a repository's names. Any file can change any of it, so it is found
/// of all files; rows are made of it only where they are wanted.
///
/// Thread-safety: immutable.
class ResolvedNames {
 public:
  /// Of `file_modules` and `file_interfaces`, tables of `session`.
  ResolvedNames(const Session& session, const Interrupt& interrupt);
  ResolvedNames(const ResolvedNames&) = delete;
  ResolvedNames& operator=(const ResolvedNames&) = delete;

  /// The rows of `outside_modules`, and those of `imports_resolved`, `exports`, `relations`,
  /// `lookups` and `lookup_candidates` of all files, or of those with the ids `files`, which are in
  /// order.
  [[nodiscard]] MadeRows rows() const { return rows(FileChoice::all()); }
  [[nodiscard]] MadeRows rows(const std::vector<std::string>& files) const;

  /// Digests of what those rows say, and those of `modules`.
  [[nodiscard]] FileOutcomes digests() const;

 private:
  [[nodiscard]] MadeRows rows(const FileChoice& files) const;

  const Program program_;
  const ClassHierarchy classes_;
  const ValueFlow flow_;
  const std::vector<Relation> relations_;
  const Answers answers_;
};

}  // namespace alluvium::code
