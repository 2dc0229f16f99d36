#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "code/resolve/module_names.h"
#include "code/resolve/name_facts.h"

namespace alluvium::code::testing {

/// Facts of files that aren't there. A file's id is its path. The paths must outlive it. What
/// modules import is added file by file, in the order of their paths.
class MadeFacts {
 public:
  explicit MadeFacts(std::vector<std::string_view> paths,
                     const std::vector<std::string_view>& markers = {}) {
    std::ranges::sort(paths);
    const std::vector<ModuleName> modules = module_names(paths, markers);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      facts.files.push_back({.file_id = paths[i],
                             .path = paths[i],
                             .has_facts = true,
                             .is_package = modules[i].is_package,
                             .is_regular = modules[i].is_regular,
                             .module = optional_name(modules[i].module),
                             .package = optional_name(modules[i].package),
                             .source_root = name(modules[i].source_root),
                             .short_name = optional_name(modules[i].short_name)});
    }
  }

  /// `import module`
  ProgramIndex import(std::string_view path, std::string_view module) {
    return add(path, {.written = name(module), .name = name(module)});
  }
  /// `from module import taken`, with as many dots before `module` as it has. All of a star.
  ProgramIndex from(std::string_view path, std::string_view module, std::string_view taken) {
    const std::size_t dots = std::min(module.find_first_not_of('.'), module.size());
    NameFacts::Import made{.name = name(taken),
                           .is_from = true,
                           .is_star = taken == "*",
                           .level = static_cast<std::int64_t>(dots)};
    if (dots < module.size()) made.written = name(module.substr(dots));
    if (!made.is_star) made.bound_name = made.name;
    const ProgramIndex index = add(path, made);
    if (!made.is_star) {
      facts.bindings.push_back({.file = file(path), .name = made.name, .import = index});
    }
    return index;
  }
  /// `def defined(): ...`
  void define(std::string_view path, std::string_view defined) {
    facts.bindings.push_back(
        {.file = file(path), .name = name(defined), .definition = ++definitions_});
  }
  /// `__all__ = [listed, ...]`
  void list(std::string_view path, const std::vector<std::string_view>& listed) {
    facts.files[static_cast<std::size_t>(file(path))].has_all = true;
    for (const std::string_view each : listed) {
      facts.all_names.push_back({file(path), name(each)});
    }
  }
  /// `__all__ += lender.__all__`
  void borrow(std::string_view path, std::string_view lender) {
    facts.files[static_cast<std::size_t>(file(path))].has_all = true;
    facts.all_from.push_back({file(path), name(lender)});
  }

  [[nodiscard]] ProgramIndex file(std::string_view path) const {
    const auto found = std::ranges::find(facts.files, path, &NameFacts::File::path);
    return static_cast<ProgramIndex>(found - facts.files.begin());
  }
  NameId name(std::string_view text) { return facts.names.intern(facts.texts.copy(text)); }
  /// The path of a file, or nothing.
  [[nodiscard]] std::string path(ProgramIndex file) const {
    return file == kNowhere ? "" : std::string(facts.files[static_cast<std::size_t>(file)].path);
  }
  [[nodiscard]] std::string text(NameId name) const {
    return name == kNoName ? "" : std::string(facts.names.text(name));
  }

  NameFacts facts;

 private:
  NameId optional_name(const std::optional<std::string>& text) {
    return text ? name(*text) : kNoName;
  }

  ProgramIndex add(std::string_view path, NameFacts::Import import) {
    const auto index = static_cast<ProgramIndex>(facts.imports.size());
    import.file = file(path);
    import.bstart = index;
    NameFacts::File& importer = facts.files[static_cast<std::size_t>(import.file)];
    if (facts.imports.empty() || facts.imports.back().file != import.file) {
      importer.first_import = index;
    }
    facts.imports.push_back(import);
    return index;
  }

  ProgramIndex definitions_ = kNowhere;
};

}  // namespace alluvium::code::testing
