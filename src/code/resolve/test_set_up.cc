#include "code/resolve/test_set_up.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <unordered_map>

#include "code/identity/set_up_names.h"
#include "code/resolve/conftest.h"

namespace alluvium::code {
namespace {

std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }

/// Each test of a base has all of them, and it may have as many tests.
constexpr std::size_t kMostDerived = 256;

class Search {
 public:
  Search(const Program& program, const ClassHierarchy& classes)
      : program_(program), classes_(classes) {
    for (ProgramIndex i = 0; i < count(); ++i) note(i);
  }

  std::vector<TestSetUp> find() {
    for (ProgramIndex i = 0; i < count(); ++i) {
      const Program::Definition& test = definition(i);
      if (!is_function(test) || !name(test).starts_with("test")) continue;
      add(i, of_file_[test.file]);
      for (const auto& [folder, fixture] : of_folders_) {
        if (program_.files[at(test.file)].path.starts_with(folder)) add(i, {fixture});
      }
      if (is_class(test.parent)) add_of_class(i, test.parent);
    }
    return std::move(found_);
  }

 private:
  struct OfFolder {
    std::string_view folder;  // ends with a slash; empty for the top
    ProgramIndex fixture = kNowhere;
  };

  [[nodiscard]] ProgramIndex count() const {
    return static_cast<ProgramIndex>(program_.definitions.size());
  }
  [[nodiscard]] const Program::Definition& definition(ProgramIndex index) const {
    return program_.definitions[at(index)];
  }
  [[nodiscard]] std::string_view name(const Program::Definition& of) const {
    return program_.names.text(of.name);
  }
  [[nodiscard]] bool is_class(ProgramIndex index) const {
    return index != kNowhere && definition(index).kind == DefinitionKind::Class;
  }
  static bool is_function(const Program::Definition& each) {
    return each.kind == DefinitionKind::Function || each.kind == DefinitionKind::Method;
  }

  void note(ProgramIndex index) {
    const Program::Definition& each = definition(index);
    if (each.kind == DefinitionKind::Class) {
      for (const ProgramIndex base : classes_.bases(index)) derived_[base].push_back(index);
    }
    if (!is_function(each)) return;
    if (is_class(each.parent)) {
      if (each.is_used_everywhere || is_set_up_of_class(name(each))) {
        of_class_[each.parent].push_back(index);
      }
    } else if (each.parent == kNowhere) {
      if (each.is_used_everywhere) note_fixture(index);
      if (is_set_up_of_file(name(each))) of_file_[each.file].push_back(index);
    }
  }

  void note_fixture(ProgramIndex fixture) {
    const ProgramIndex file = definition(fixture).file;
    const std::string_view path = program_.files[at(file)].path;
    if (is_conftest(path)) {
      of_folders_.push_back({folder_of(path), fixture});
    } else {
      of_file_[file].push_back(fixture);
    }
  }

  void add(ProgramIndex test, const std::vector<ProgramIndex>& around) {
    for (const ProgramIndex each : around) {
      if (each != test) found_.push_back({test, each});
    }
  }

  void add_of_class(ProgramIndex test, ProgramIndex of_class) {
    for (const ProgramIndex base : classes_.order(of_class)) add(test, of_class_[base]);
    const std::vector<ProgramIndex> derived = derived_from(of_class);
    for (const ProgramIndex each : derived) add(test, of_class_[each]);
    add(test, derived);
  }

  /// The nearest first.
  std::vector<ProgramIndex> derived_from(ProgramIndex of_class) {
    std::vector<ProgramIndex> derived;
    const auto add_below = [&](ProgramIndex base) {
      for (const ProgramIndex next : derived_[base]) {
        if (derived.size() == kMostDerived) return;
        if (std::ranges::find(derived, next) == derived.end()) derived.push_back(next);
      }
    };
    add_below(of_class);
    std::size_t next = 0;
    while (next < derived.size()) add_below(derived[next++]);
    return derived;
  }

  const Program& program_;
  const ClassHierarchy& classes_;
  std::unordered_map<ProgramIndex, std::vector<ProgramIndex>> of_class_;
  std::unordered_map<ProgramIndex, std::vector<ProgramIndex>> of_file_;
  std::vector<OfFolder> of_folders_;
  std::unordered_map<ProgramIndex, std::vector<ProgramIndex>> derived_;  // by a direct base
  std::vector<TestSetUp> found_;
};

}  // namespace

std::vector<TestSetUp> find_test_set_up(const Program& program, const ClassHierarchy& classes) {
  return Search(program, classes).find();
}

}  // namespace alluvium::code
