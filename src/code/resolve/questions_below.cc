#include "code/resolve/questions_below.h"

#include <algorithm>
#include <cstddef>

#include <xxhash.h>

#include "code/extract/name_pattern.h"
#include "code/identity/set_up_names.h"

namespace alluvium::code {
namespace {

std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }

}  // namespace

QuestionsBelow::QuestionsBelow(const LinkGraph& graph, const Program& program,
                               const ClassHierarchy& classes)
    : program_(program), classes_(classes) {
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto& keys = graph.links(i).questions_below;
    keys_.insert(keys.begin(), keys.end());
    for (const FileLinks::Pattern& each : graph.links(i).patterns_below) {
      classes_with_patterns_.insert(each.class_key);
      patterns_.insert(each.pattern);
    }
  }
  for (std::size_t i = 0; i < program.definitions.size(); ++i) {
    const Program::Definition& each = program.definitions[i];
    if (each.kind != DefinitionKind::Class) continue;
    by_id_.emplace(each.def_id, static_cast<ProgramIndex>(i));
  }
}

bool QuestionsBelow::are_about(const InterfaceChange& change) const {
  const auto is_new = [&](StableId of_class) {
    return std::ranges::find(change.new_classes, of_class) != change.new_classes.end();
  };
  return std::ranges::any_of(change.new_classes,
                             [&](StableId each) {
                               return is_asked_by_made_names(each) || is_run_with_tests(each);
                             }) ||
         std::ranges::any_of(change.members, [&](const InterfaceChange::Member& member) {
           return are_about(member) || (!is_new(member.of_class) && may_be_made(member.name));
         });
}

bool QuestionsBelow::are_about(const InterfaceChange::Member& member) const {
  const std::uint64_t name = XXH3_64bits(member.name.data(), member.name.size());
  const auto is_asked = [&](ProgramIndex base) {
    return keys_.contains(question_key(id_of(base), name));
  };
  if (std::ranges::any_of(order_of(member.of_class), is_asked)) return true;
  return (member.is_fixture || is_set_up_of_class(member.name)) &&
         is_run_with_tests(member.of_class);
}

// Who asks a class gets also what bases of derived classes have, wherever these are: so it is told
// by the name alone.
bool QuestionsBelow::may_be_made(std::string_view name) const {
  return std::ranges::any_of(patterns_,
                             [&](std::string_view pattern) { return fits_pattern(name, pattern); });
}

bool QuestionsBelow::is_asked_by_made_names(StableId of_class) const {
  return std::ranges::any_of(order_of(of_class), [&](ProgramIndex base) {
    return classes_with_patterns_.contains(class_key(id_of(base)));
  });
}

bool QuestionsBelow::is_run_with_tests(StableId of_class) const {
  const std::span<const ProgramIndex> order = order_of(of_class);
  if (order.size() < 2) return false;
  const std::span<const ProgramIndex> bases = order.subspan(1);
  return std::ranges::any_of(program_.definitions, [&](const Program::Definition& each) {
    return each.kind == DefinitionKind::Method &&
           program_.names.text(each.name).starts_with("test") &&
           std::ranges::find(bases, each.parent) != bases.end();
  });
}

std::span<const ProgramIndex> QuestionsBelow::order_of(StableId of_class) const {
  const auto found = by_id_.find(of_class);
  if (found == by_id_.end()) return {};
  return classes_.order(found->second);
}

StableId QuestionsBelow::id_of(ProgramIndex definition) const {
  return program_.definitions[at(definition)].def_id;
}

}  // namespace alluvium::code
