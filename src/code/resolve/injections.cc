#include "code/resolve/injections.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <unordered_map>

namespace alluvium::code {
namespace {

std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

constexpr std::string_view kConftest = "conftest.py";

/// Whether only what is beside or below the file sees its fixtures.
bool keeps_fixtures(std::string_view name) {
  return name == kConftest || name.starts_with("test_") || name.ends_with("_test.py");
}

/// How near a fixture is to the tests of `file`; 0 when they don't see it.
std::size_t nearness(const Program& program, ProgramIndex fixture, ProgramIndex file) {
  const ProgramIndex of = program.definitions[at(fixture)].file;
  const std::string_view path = program.files[at(file)].path;
  if (of == file) return path.size() + 1;
  const std::string_view other = program.files[at(of)].path;
  const std::string_view folder = other.substr(0, other.rfind('/') + 1);
  return file_name(other) == kConftest && path.starts_with(folder) ? folder.size() + 1 : 0;
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

class Search {
 public:
  Search(const Program& program, const ClassHierarchy& classes)
      : program_(program), classes_(classes) {
    for (ProgramIndex i = 0; i < count(); ++i) {
      if (definition(i).is_fixture) fixtures_[definition(i).name].push_back(i);
    }
  }

  std::vector<Injection> find() {
    if (fixtures_.empty()) return {};
    for (ProgramIndex i = 0; i < count(); ++i) {
      if (definition(i).kind != DefinitionKind::Parameter || definition(i).parent == kNowhere) {
        continue;
      }
      const auto named = fixtures_.find(definition(i).name);
      if (named != fixtures_.end() && takes_fixtures(definition(definition(i).parent))) {
        add(i, named->second);
      }
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] ProgramIndex count() const {
    return static_cast<ProgramIndex>(program_.definitions.size());
  }
  [[nodiscard]] const Program::Definition& definition(ProgramIndex index) const {
    return program_.definitions[at(index)];
  }
  [[nodiscard]] bool takes_fixtures(const Program::Definition& function) const {
    return function.is_fixture || program_.names.text(function.name).starts_with("test");
  }

  void add(ProgramIndex parameter, const std::vector<ProgramIndex>& named) {
    const ProgramIndex owner = definition(parameter).parent;
    Injection nearest{.parameter = parameter};
    std::size_t most = 0;
    for (const ProgramIndex fixture : named) {
      // A fixture that takes one of its own name takes that of a folder around.
      if (fixture == owner) continue;
      const std::size_t near =
          definition(fixture).kind == DefinitionKind::Method
              ? nearness_in_class(program_, classes_, fixture, definition(owner))
              : nearness(program_, fixture, definition(parameter).file);
      // Of several in one file the last one is bound to the name.
      if (near == 0 || near < most) continue;
      nearest.fixture = fixture;
      most = near;
    }
    if (most > 0) {
      found_.push_back(nearest);
    } else {
      add_of_plugins(parameter, named);
    }
  }

  void add_of_plugins(ProgramIndex parameter, const std::vector<ProgramIndex>& named) {
    for (const ProgramIndex fixture : named) {
      const std::string_view path = program_.files[at(definition(fixture).file)].path;
      if (definition(fixture).kind == DefinitionKind::Function &&
          fixture != definition(parameter).parent && !keeps_fixtures(file_name(path))) {
        found_.push_back({.parameter = parameter, .fixture = fixture});
      }
    }
  }

  const Program& program_;
  const ClassHierarchy& classes_;
  std::unordered_map<NameId, std::vector<ProgramIndex>> fixtures_;
  std::vector<Injection> found_;
};

}  // namespace

std::vector<Injection> find_injections(const Program& program, const ClassHierarchy& classes) {
  return Search(program, classes).find();
}

}  // namespace alluvium::code
