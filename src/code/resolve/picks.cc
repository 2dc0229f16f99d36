#include "code/resolve/picks.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "code/extract/name_pattern.h"

namespace alluvium::code {
namespace {

std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }

/// A name that fits more members tells nothing.
constexpr std::size_t kMostMembers = 256;
/// Of a class with more of them only their own members are looked at, not those of their bases.
constexpr std::size_t kMostDerived = 256;

class Search {
 public:
  Search(const Program& program, const ClassHierarchy& classes, const ValueFlow& flow)
      : program_(program), classes_(classes), flow_(flow) {
    note_classes();
  }

  MeantMembers find() {
    for (const Program::Flow& flow : program_.flows) {
      if (flow.role != FlowRole::Pick) continue;
      for (const KnownValue& object : flow_.of(flow.value)) {
        const bool has_members = object.kind == KnownValue::Kind::Class ||
                                 object.kind == KnownValue::Kind::Instance ||
                                 object.kind == KnownValue::Kind::Super;
        if (has_members && object.index != kNowhere) add(flow, object.index);
      }
    }
    return {std::move(questions_), std::move(found_)};
  }

 private:
  using Lists = std::unordered_map<ProgramIndex, std::vector<ProgramIndex>>;

  static std::span<const ProgramIndex> of(const Lists& lists, ProgramIndex of_class) {
    const auto found = lists.find(of_class);
    return found == lists.end() ? std::span<const ProgramIndex>() : found->second;
  }

  void add(const Program::Flow& flow, ProgramIndex of_class) {
    questions_.push_back({flow.definition, of_class, flow.name, true});
    for (const ProgramIndex member : fitting(of_class, flow.name)) {
      if (member != flow.definition) found_.push_back({flow.definition, member});
    }
  }

  /// The members of what may be an instance of the class whose names fit.
  const std::vector<ProgramIndex>& fitting(ProgramIndex of_class, NameId pattern) {
    const auto [known, is_new] = fitting_.try_emplace(Program::key(of_class, pattern));
    std::vector<ProgramIndex>& all = known->second;
    if (!is_new) return all;
    for (const ProgramIndex owner : around(of_class)) {
      for (const ProgramIndex member : of(members_, owner)) {
        const NameId name = program_.definitions[at(member)].name;
        if (fits_pattern(program_.names.text(name), program_.names.text(pattern)))
          all.push_back(member);
      }
    }
    if (all.size() > kMostMembers) all = {};
    return all;
  }

  /// The classes that have members of what may be an instance of the class.
  [[nodiscard]] std::vector<ProgramIndex> around(ProgramIndex of_class) const {
    std::vector<ProgramIndex> all;
    std::unordered_set<ProgramIndex> is_in;
    const auto add = [&](std::span<const ProgramIndex> classes) {
      for (const ProgramIndex each : classes) {
        if (is_in.insert(each).second) all.push_back(each);
      }
    };
    add(classes_.order(of_class));
    const std::span<const ProgramIndex> derived = of(derived_, of_class);
    add(derived);
    if (derived.size() <= kMostDerived) {
      for (const ProgramIndex each : derived) add(classes_.order(each));
    }
    return all;
  }

  void note_classes() {
    const auto count = static_cast<ProgramIndex>(program_.definitions.size());
    for (ProgramIndex i = 0; i < count; ++i) {
      const Program::Definition& each = program_.definitions[at(i)];
      if (each.kind == DefinitionKind::Class) {
        for (const ProgramIndex base : classes_.order(i)) derived_[base].push_back(i);
      }
      if (each.parent == kNowhere) continue;
      if (program_.definitions[at(each.parent)].kind == DefinitionKind::Class) {
        members_[each.parent].push_back(i);
      }
    }
  }

  const Program& program_;
  const ClassHierarchy& classes_;
  const ValueFlow& flow_;
  Lists members_;                                                         // by class
  Lists derived_;                                                         // by class
  std::unordered_map<std::uint64_t, std::vector<ProgramIndex>> fitting_;  // by class and pattern
  std::vector<MemberQuestion> questions_;
  std::vector<MeantMember> found_;
};

}  // namespace

MeantMembers find_picks(const Program& program, const ClassHierarchy& classes,
                        const ValueFlow& flow) {
  const auto is_pick = [](const Program::Flow& each) { return each.role == FlowRole::Pick; };
  if (std::ranges::none_of(program.flows, is_pick)) return {};
  return Search(program, classes, flow).find();
}

}  // namespace alluvium::code
