#pragma once

#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/datasets/datasets.h"
#include "code/identity/file_outcomes.h"
#include "code/resolve/class_hierarchy.h"
#include "code/resolve/file_choice.h"
#include "code/resolve/file_links.h"
#include "code/resolve/link_graph.h"
#include "code/resolve/lookups.h"
#include "code/resolve/outcome_digests.h"
#include "code/resolve/program.h"
#include "code/resolve/relations.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

/// All that resolution says of the names of a program; rows are made of it only where they are
/// wanted.
///
/// Thread-safety: const access from many threads.
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

  /// Whether it says what the file comes to.
  [[nodiscard]] bool has(std::size_t file) const { return !kept_ || (*kept_)[file]; }
  /// Of how many files it does.
  [[nodiscard]] std::size_t file_count() const;
  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const ClassHierarchy& classes() const { return classes_; }
  /// By the files' places in the program.
  [[nodiscard]] const std::vector<FileLinks>& links() const { return links_; }
  /// What any file has in `modules`.
  [[nodiscard]] Outcome module_of(std::size_t file) const { return names_.modules[file]; }
  /// What the file has in `relations`, with `below` of those that derived classes decide on.
  [[nodiscard]] Outcome relations_of(std::size_t file, const Outcome& below) const;

  /// The ids of files with other links than in `before`, in order.
  [[nodiscard]] std::vector<std::string> relinked(const LinkGraph& before) const;

  /// Of a part of a repository's program: says from now on what is of `files` alone. What derived
  /// classes are to them, of which the part doesn't have all, is what it was in `before`.
  void keep_to(const LinkGraph::Files& files, const LinkGraph& before);

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
  std::future<Relations> finding_relations_;  // beside what follows
  const Answers answers_;
  const Relations relations_;
  OutcomeDigests relation_digests_;  // but those from below, which are in links_
  std::vector<FileLinks> links_;
  const Names names_;
  std::optional<std::vector<bool>> kept_;  // by file; none for all
};

}  // namespace alluvium::code
