#pragma once

#include <unordered_set>

#include "code/extract/flat_map.h"
#include "code/resolve/name_facts.h"

namespace alluvium::code {

/// The modules of a repository by their dotted names.
///
/// Thread-safety: immutable after construction.
class ModuleIndex {
 public:
  explicit ModuleIndex(NameFacts& facts);

  /// The file that is called `module`, or none. Where files of several source roots claim a name,
  /// regular packages win, then the shorter root, then a package over a module, then the path.
  [[nodiscard]] ProgramIndex find(NameId module) const;
  /// What an import from below `source_root` finds as `module`: there, then in all roots, then
  /// among the short names (`ModuleName::short_name`), of which the shortest path wins.
  [[nodiscard]] ProgramIndex find_from(NameId source_root, NameId module) const;
  /// Whether a folder of modules has this dotted name. One without a file of its own is a namespace
  /// package.
  [[nodiscard]] bool is_folder(NameId module) const { return folders_.find(module) != nullptr; }
  /// Whether `name` is the first name of some module or folder.
  [[nodiscard]] bool is_top_name(NameId name) const { return top_names_.find(name) != nullptr; }
  /// Whether `source_root` is a package itself. It has no name, and its `__init__.py` is the module
  /// `__init__`.
  [[nodiscard]] bool is_package(NameId source_root) const {
    return package_roots_.contains(source_root);
  }

 private:
  using Files = FlatMap<ProgramIndex>;
  void add_folders(NameFacts& facts, NameId package);

  Files modules_;
  Files in_root_;  // by root and module
  Files short_names_;
  FlatMap<bool> folders_;
  FlatMap<bool> top_names_;
  std::unordered_set<NameId> package_roots_;
};

/// The names of a dotted name up to the first dot, and from after the last.
std::string_view first_name(std::string_view dotted);
std::string_view last_name(std::string_view dotted);

}  // namespace alluvium::code
