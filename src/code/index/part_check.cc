#include "code/index/part_check.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <unordered_set>
#include <vector>

#include "code/resolve/link_search.h"
#include "code/resolve/questions_below.h"

namespace alluvium::code {
namespace {

std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }

class Check {
 public:
  Check(const ResolvedNames& names, const ChangedFiles& files, const ReachedFiles& reached)
      : names_(names), files_(files), graph_(files.before), reached_(reached) {}

  [[nodiscard]] bool passes() const {
    return are_other_modules_same() && names_.classes().circles().empty() &&
           are_outside_modules_same() && are_classes_and_plugins_same() && are_relations_known() &&
           is_nothing_asked_below();
  }

 private:
  [[nodiscard]] bool are_other_modules_same() const {
    if (files_.added.empty()) return true;
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      const auto outcome = files_.outcomes.find(graph_.file_id(i));
      if (outcome == files_.outcomes.end()) continue;
      if (outcome->second[outcome_place("modules")] != names_.module_of(i)) return false;
    }
    return true;
  }

  [[nodiscard]] bool are_outside_modules_same() const {
    std::unordered_set<std::uint64_t> differ;
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      if (!reached_.files[i]) continue;
      std::vector<std::uint64_t> modules;
      std::ranges::set_symmetric_difference(now(i).outside, before(i).outside,
                                            std::back_inserter(modules));
      differ.insert(modules.begin(), modules.end());
    }
    // What another file imports too is there before and after.
    for (std::size_t i = 0; i < graph_.size() && !differ.empty(); ++i) {
      if (reached_.files[i] && now(i).outside != before(i).outside) continue;
      for (const std::uint64_t module : before(i).outside) differ.erase(module);
    }
    return differ.empty();
  }

  [[nodiscard]] bool are_classes_and_plugins_same() const {
    const std::vector<std::uint64_t> new_orders = orders_of_new_classes();
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      if (!reached_.files[i]) continue;
      if (now(i).orders_digest != before(i).orders_digest + new_orders[i]) return false;
      if (now(i).is_plugin != before(i).is_plugin) return false;
    }
    return true;
  }

  /// By file, the sum of their `order_digest`.
  [[nodiscard]] std::vector<std::uint64_t> orders_of_new_classes() const {
    std::set<StableId> is_new;
    for (const ChangedFile& each : reached_.changed) {
      is_new.insert(each.change.new_classes.begin(), each.change.new_classes.end());
    }
    std::vector<std::uint64_t> sums(graph_.size());
    const std::vector<Program::Definition>& definitions = names_.program().definitions;
    for (std::size_t i = 0; i < definitions.size(); ++i) {
      if (!is_new.contains(definitions[i].def_id)) continue;
      sums[at(definitions[i].file)] +=
          order_digest(names_.program(), names_.classes(), static_cast<ProgramIndex>(i));
    }
    return sums;
  }

  /// Whether the relations of the reached files to what is derived from their classes, of which the
  /// part has not all, are as before, and no rows of such files have to be written.
  [[nodiscard]] bool are_relations_known() const {
    LinkGraph::Files has_other_tests = graph_.none();
    for (const ChangedFile& each : reached_.changed) {
      has_other_tests[each.file] = each.change.is_seen_by_all;
    }
    for (std::size_t i = 0; i < graph_.size(); ++i) {
      if (!reached_.files[i]) continue;
      if (now(i).questions_digest != before(i).questions_digest) return false;
      // Of too many there are none, and the part may have few enough.
      const bool has_some = before(i).relations_below.rows != 0 || now(i).relations_below.rows != 0;
      if (has_some && (has_other_tests[i] || !are_rows_same(i))) return false;
    }
    return true;
  }

  [[nodiscard]] bool are_rows_same(std::size_t file) const {
    const auto outcome = files_.outcomes.find(graph_.file_id(file));
    return outcome != files_.outcomes.end() &&
           outcome->second[outcome_place("relations")] ==
               names_.relations_of(file, before(file).relations_below);
  }

  [[nodiscard]] bool is_nothing_asked_below() const {
    const QuestionsBelow questions(graph_, names_.program(), names_.classes());
    return std::ranges::none_of(reached_.changed, [&](const ChangedFile& each) {
      return questions.are_about(each.change);
    });
  }

  [[nodiscard]] const FileLinks& now(std::size_t file) const { return names_.links()[file]; }
  [[nodiscard]] const FileLinks& before(std::size_t file) const { return graph_.links(file); }

  const ResolvedNames& names_;
  const ChangedFiles& files_;
  const LinkGraph& graph_;
  const ReachedFiles& reached_;
};

}  // namespace

bool is_enough(const ResolvedNames& names, const ChangedFiles& files, const ReachedFiles& reached) {
  return Check(names, files, reached).passes();
}

}  // namespace alluvium::code
