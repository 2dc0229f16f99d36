#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <unordered_set>

#include "code/identity/interface_change.h"
#include "code/resolve/class_hierarchy.h"
#include "code/resolve/link_graph.h"
#include "code/resolve/program.h"

namespace alluvium::code {

/// What is asked, in any file of a repository, of classes that are derived from others
/// (`FileLinks::questions_below`), or is so by a test runner.
///
/// Thread-safety: immutable.
class QuestionsBelow {
 public:
  /// `program` has the classes whose changes are asked for, and those that these are derived from.
  QuestionsBelow(const LinkGraph& graph, const Program& program, const ClassHierarchy& classes);

  /// Whether an answer may be one of what changed.
  [[nodiscard]] bool are_about(const InterfaceChange& change) const;

 private:
  [[nodiscard]] std::span<const ProgramIndex> order_of(StableId of_class) const;
  [[nodiscard]] StableId id_of(ProgramIndex definition) const;
  [[nodiscard]] bool are_about(const InterfaceChange::Member& member) const;
  /// Whether some class is asked for members by names that are made, of which this may be one.
  [[nodiscard]] bool may_be_made(std::string_view name) const;
  /// Whether the class or one that it is derived from is asked by names that are made.
  [[nodiscard]] bool is_asked_by_made_names(StableId of_class) const;
  /// Whether it is run with the tests of a class that it is derived from.
  [[nodiscard]] bool is_run_with_tests(StableId of_class) const;

  const Program& program_;
  const ClassHierarchy& classes_;
  std::unordered_set<std::uint64_t> keys_;
  std::unordered_set<std::uint64_t> classes_with_patterns_;
  std::unordered_set<std::string_view> patterns_;
  std::map<StableId, ProgramIndex> by_id_;  // classes
};

}  // namespace alluvium::code
