#include "code/resolve/hooks.h"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace alluvium::code {
namespace {

using Kind = KnownValue::Kind;

std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }

/// Whether what is known to be of a class may be of one that is derived from it.
bool may_be_of_subclass(const KnownValue& object) {
  if (object.kind != Kind::Instance && object.kind != Kind::Class) return false;
  return object.is_own ||
         (object.kind == Kind::Instance && object.source == KnownValue::Source::Annotated);
}

/// What more of them have may be meant by anything.
constexpr std::size_t kMostMembers = 256;

class Search {
 public:
  Search(const Program& program, const ClassHierarchy& classes, const ValueFlow& flow)
      : program_(program), classes_(classes), flow_(flow), is_asked_(program.names.size()) {}

  MeantMembers find() {
    for (const Program::Flow& flow : program_.flows) {
      if (flow.role == FlowRole::Called) ask(flow);
    }
    if (!questions_.empty()) note_members();
    std::vector<MeantMember> found;
    for (const MemberQuestion& question : questions_) {
      for (const ProgramIndex member : members_of(question)) {
        found.push_back({question.function, member});
      }
    }
    return {std::move(questions_), std::move(found)};
  }

 private:
  void ask(const Program::Flow& flow) {
    for (const KnownValue& object : flow_.of(flow.value)) {
      if (object.index == kNowhere || !may_be_of_subclass(object)) continue;
      const ValueFlow::Found found = flow_.find(object, flow.name);
      if (found.definition != kNowhere || found.is_attribute) continue;
      questions_.push_back({flow.definition, object.index, flow.name});
      is_asked_[flow.name] = true;
    }
  }

  void note_members() {
    for (std::size_t i = 0; i < program_.definitions.size(); ++i) {
      const Program::Definition& each = program_.definitions[i];
      if (each.parent == kNowhere || !is_asked_[each.name]) continue;
      if (program_.definitions[at(each.parent)].kind != DefinitionKind::Class) continue;
      named_[each.name].push_back(static_cast<ProgramIndex>(i));
    }
  }

  /// The members of that name of classes that are derived from the class.
  const std::vector<ProgramIndex>& members_of(const MemberQuestion& question) {
    const auto [known, is_new] =
        answers_.try_emplace(Program::key(question.of_class, question.name));
    if (!is_new) return known->second;
    const auto named = named_.find(question.name);
    if (named == named_.end()) return known->second;
    for (const ProgramIndex member : named->second) {
      const ProgramIndex owner = program_.definitions[at(member)].parent;
      if (owner != question.of_class && classes_.derives(owner, question.of_class)) {
        known->second.push_back(member);
      }
    }
    if (known->second.size() > kMostMembers) known->second = {};
    return known->second;
  }

  const Program& program_;
  const ClassHierarchy& classes_;
  const ValueFlow& flow_;
  std::vector<MemberQuestion> questions_;
  std::vector<bool> is_asked_;                                            // by name
  std::unordered_map<NameId, std::vector<ProgramIndex>> named_;           // members
  std::unordered_map<std::uint64_t, std::vector<ProgramIndex>> answers_;  // by class and name
};

}  // namespace

MeantMembers find_hooks(const Program& program, const ClassHierarchy& classes,
                        const ValueFlow& flow) {
  return Search(program, classes, flow).find();
}

}  // namespace alluvium::code
