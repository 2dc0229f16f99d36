#include "code/resolve/injections.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <unordered_map>

namespace alluvium::code {
namespace {

std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }

/// How near a fixture is to the tests of `file`; 0 when they don't see it.
std::size_t nearness(const Program& program, ProgramIndex fixture, ProgramIndex file) {
  const ProgramIndex of = program.definitions[at(fixture)].file;
  const std::string_view path = program.files[at(file)].path;
  if (of == file) return path.size() + 1;
  const std::string_view other = program.files[at(of)].path;
  const std::string_view folder = other.substr(0, other.rfind('/') + 1);
  return other.substr(folder.size()) == "conftest.py" && path.starts_with(folder)
             ? folder.size() + 1
             : 0;
}

/// How near a fixture that is a method is to `user`: its own class is nearer than the bases of
/// that.
std::size_t nearness_in_class(const Program& program, const ClassHierarchy& classes,
                              ProgramIndex fixture, const Program::Definition& user) {
  if (user.kind != DefinitionKind::Method) return 0;
  const std::span<const ProgramIndex> order = classes.order(user.parent);
  const auto place = std::ranges::find(order, program.definitions[at(fixture)].parent);
  // Nearer than any file.
  constexpr std::size_t kOfClass = std::size_t{1} << 32;
  return place == order.end() ? 0 : kOfClass + static_cast<std::size_t>(order.end() - place);
}

}  // namespace

std::vector<Injection> find_injections(const Program& program, const ClassHierarchy& classes) {
  std::vector<Injection> injections;
  std::unordered_map<NameId, std::vector<ProgramIndex>> fixtures;
  const auto count = static_cast<ProgramIndex>(program.definitions.size());
  for (ProgramIndex i = 0; i < count; ++i) {
    const Program::Definition& each = program.definitions[at(i)];
    if (each.is_fixture) fixtures[each.name].push_back(i);
  }
  if (fixtures.empty()) return injections;
  for (ProgramIndex i = 0; i < count; ++i) {
    const Program::Definition& each = program.definitions[at(i)];
    if (each.kind != DefinitionKind::Parameter || each.parent == kNowhere) continue;
    const auto found = fixtures.find(each.name);
    if (found == fixtures.end()) continue;
    const Program::Definition& owner = program.definitions[at(each.parent)];
    if (!owner.is_fixture && !program.names.text(owner.name).starts_with("test")) continue;
    Injection nearest{.parameter = i};
    std::size_t most = 0;
    for (const ProgramIndex fixture : found->second) {
      // A fixture that takes one of its own name takes that of a folder around.
      if (fixture == each.parent) continue;
      const std::size_t near = program.definitions[at(fixture)].kind == DefinitionKind::Method
                                   ? nearness_in_class(program, classes, fixture, owner)
                                   : nearness(program, fixture, each.file);
      // Of several in one file the last one is bound to the name.
      if (near == 0 || near < most) continue;
      nearest.fixture = fixture;
      most = near;
    }
    if (most > 0) injections.push_back(nearest);
  }
  return injections;
}

}  // namespace alluvium::code
