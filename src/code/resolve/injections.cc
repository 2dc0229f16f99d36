#include "code/resolve/injections.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <unordered_map>

#include "code/resolve/conftest.h"

namespace alluvium::code {
namespace {

std::size_t at(ProgramIndex index) { return static_cast<std::size_t>(index); }

/// Files that may have what is asked for; of more it isn't known which one does.
constexpr std::size_t kMostPlugins = 8;

/// Whether only what is beside or below the file, or imports them, sees its fixtures.
bool keeps_fixtures(std::string_view path) {
  const std::string_view name = path.substr(folder_of(path).size());
  return is_conftest(path) || name.starts_with("test_") || name.ends_with("_test.py");
}

class Search {
 public:
  Search(const Program& program, const ClassHierarchy& classes)
      : program_(program), classes_(classes) {
    for (ProgramIndex i = 0; i < count(); ++i) {
      if (definition(i).is_fixture) fixtures_[definition(i).name].push_back(i);
    }
    for (std::size_t i = 0; i < program.files.size(); ++i) {
      const std::string_view path = program.files[i].path;
      if (is_conftest(path)) {
        conftests_.emplace(folder_of(path), static_cast<ProgramIndex>(i));
      }
    }
  }

  std::vector<Injection> find() {
    if (fixtures_.empty()) return {};
    for (ProgramIndex i = 0; i < count(); ++i) {
      if (definition(i).kind != DefinitionKind::Parameter || definition(i).parent == kNowhere) {
        continue;
      }
      const auto named = fixtures_.find(definition(i).name);
      if (named != fixtures_.end() && takes_fixtures(program_, definition(definition(i).parent))) {
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
  void add(ProgramIndex parameter, const std::vector<ProgramIndex>& named) {
    ProgramIndex nearest = in_class(parameter, named);
    if (nearest == kNowhere) nearest = in_files(parameter);
    if (nearest != kNowhere) {
      found_.push_back({.parameter = parameter, .fixture = nearest});
    } else {
      add_of_plugins(parameter, named);
    }
  }

  /// Of the class of the test, or of the first of its bases that has one.
  [[nodiscard]] ProgramIndex in_class(ProgramIndex parameter,
                                      const std::vector<ProgramIndex>& named) const {
    const Program::Definition& owner = definition(definition(parameter).parent);
    if (owner.kind != DefinitionKind::Method) return kNowhere;
    for (const ProgramIndex of_class : classes_.order(owner.parent)) {
      // Of several the last one is bound to the name.
      const auto found =
          std::ranges::find(named.rbegin(), named.rend(), of_class,
                            [&](ProgramIndex fixture) { return definition(fixture).parent; });
      if (found != named.rend() && *found != definition(parameter).parent) return *found;
    }
    return kNowhere;
  }

  /// Of the file of the test, defined there or imported, else of the conftest.py that is nearest
  /// above.
  [[nodiscard]] ProgramIndex in_files(ProgramIndex parameter) const {
    const ProgramIndex file = definition(parameter).file;
    if (const ProgramIndex own = in_file(file, parameter); own != kNowhere) return own;
    std::string_view folder = folder_of(program_.files[at(file)].path);
    while (true) {
      const auto conftest = conftests_.find(folder);
      if (conftest != conftests_.end() && conftest->second != file) {
        const ProgramIndex found = in_file(conftest->second, parameter);
        if (found != kNowhere) return found;
      }
      if (folder.empty()) return kNowhere;
      folder = folder_of(folder.substr(0, folder.size() - 1));
    }
  }

  [[nodiscard]] ProgramIndex in_file(ProgramIndex file, ProgramIndex parameter) const {
    const NameTarget* const target = program_.name_in(file, definition(parameter).name);
    if (target == nullptr || target->kind != NameTarget::Kind::Definition) return kNowhere;
    // A fixture that takes one of its own name takes that of a folder around.
    const bool is_passed = definition(target->definition).is_fixture &&
                           target->definition != definition(parameter).parent;
    return is_passed ? target->definition : kNowhere;
  }

  void add_of_plugins(ProgramIndex parameter, const std::vector<ProgramIndex>& named) {
    std::vector<Injection> plugged;
    for (const ProgramIndex fixture : named) {
      const Program::Definition& each = definition(fixture);
      if (!may_be_plugged_in(program_, each) || fixture == definition(parameter).parent) continue;
      // Of several in one file the last one is bound to the name.
      if (!plugged.empty() && definition(plugged.back().fixture).file == each.file) {
        plugged.pop_back();
      }
      plugged.push_back({.parameter = parameter, .fixture = fixture});
    }
    if (plugged.size() > kMostPlugins) return;
    found_.insert(found_.end(), plugged.begin(), plugged.end());
  }

  const Program& program_;
  const ClassHierarchy& classes_;
  std::unordered_map<NameId, std::vector<ProgramIndex>> fixtures_;  // by name, in order
  std::unordered_map<std::string_view, ProgramIndex> conftests_;    // by folder
  std::vector<Injection> found_;
};

}  // namespace

bool may_be_plugged_in(const Program& program, const Program::Definition& definition) {
  return definition.is_fixture && definition.kind == DefinitionKind::Function &&
         definition.parent == kNowhere && !keeps_fixtures(program.files[at(definition.file)].path);
}

bool takes_fixtures(const Program& program, const Program::Definition& function) {
  return function.is_fixture || program.names.text(function.name).starts_with("test");
}

std::vector<Injection> find_injections(const Program& program, const ClassHierarchy& classes) {
  return Search(program, classes).find();
}

}  // namespace alluvium::code
