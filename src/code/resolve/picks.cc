#include "code/resolve/picks.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <unordered_map>

namespace alluvium::code {
namespace {

std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }

bool fits(std::string_view name, std::string_view pattern) {
  const auto star = pattern.find('*');
  const std::string_view first = pattern.substr(0, star);
  const std::string_view last = pattern.substr(star + 1);
  return name.size() >= first.size() + last.size() && name.starts_with(first) &&
         name.ends_with(last);
}

class Search {
 public:
  Search(const Program& program, const ClassHierarchy& classes, const ValueFlow& flow)
      : program_(program), classes_(classes), flow_(flow) {}

  std::vector<Pick> find() {
    for (const Program::Flow& flow : program_.flows) {
      if (flow.role != FlowRole::Pick) continue;
      for (const KnownValue& object : flow_.of(flow.value)) {
        const bool has_members = object.kind == KnownValue::Kind::Class ||
                                 object.kind == KnownValue::Kind::Instance ||
                                 object.kind == KnownValue::Kind::Super;
        if (has_members && object.index != kNowhere) add(flow, object.index);
      }
    }
    return std::move(found_);
  }

 private:
  void add(const Program::Flow& flow, ProgramIndex of_class) {
    const std::string_view pattern = program_.names.text(flow.name);
    for (const ProgramIndex owner : around(of_class)) {
      for (const ProgramIndex member : members_[owner]) {
        if (member == flow.definition) continue;
        if (!fits(program_.names.text(program_.definitions[at(member)].name), pattern)) continue;
        found_.push_back({flow.definition, member});
      }
    }
  }

  /// The classes that have members of what may be an instance of the class.
  const std::vector<ProgramIndex>& around(ProgramIndex of_class) {
    if (members_.empty()) note_classes();
    const auto [known, is_new] = around_.try_emplace(of_class);
    if (!is_new) return known->second;
    std::vector<ProgramIndex>& all = known->second;
    const auto derived = derived_.find(of_class);
    if (derived == derived_.end()) return all;
    for (const ProgramIndex each : derived->second) {
      all.insert(all.end(), classes_.order(each).begin(), classes_.order(each).end());
    }
    std::ranges::sort(all);
    const auto rest = std::ranges::unique(all);
    all.erase(rest.begin(), rest.end());
    return all;
  }

  void note_classes() {
    const auto count = static_cast<ProgramIndex>(program_.definitions.size());
    for (ProgramIndex i = 0; i < count; ++i) {
      const Program::Definition& each = program_.definitions[at(i)];
      if (each.kind == DefinitionKind::Class) {
        for (const ProgramIndex base : classes_.order(i)) derived_[base].push_back(i);
      }
      if (each.parent == kNowhere || each.kind == DefinitionKind::Parameter) continue;
      if (program_.definitions[at(each.parent)].kind == DefinitionKind::Class) {
        members_[each.parent].push_back(i);
      }
    }
  }

  const Program& program_;
  const ClassHierarchy& classes_;
  const ValueFlow& flow_;
  std::unordered_map<ProgramIndex, std::vector<ProgramIndex>> members_;  // by class
  std::unordered_map<ProgramIndex, std::vector<ProgramIndex>> derived_;  // the class itself too
  std::unordered_map<ProgramIndex, std::vector<ProgramIndex>> around_;   // by class
  std::vector<Pick> found_;
};

}  // namespace

std::vector<Pick> find_picks(const Program& program, const ClassHierarchy& classes,
                             const ValueFlow& flow) {
  return Search(program, classes, flow).find();
}

}  // namespace alluvium::code
