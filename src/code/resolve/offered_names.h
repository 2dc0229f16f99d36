#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "code/extract/flat_map.h"
#include "code/resolve/import_targets.h"
#include "code/resolve/module_index.h"
#include "code/resolve/name_facts.h"

namespace alluvium::code {

/// What a name that is bound at a module's top level, or by an import, stands for.
struct NameTarget {
  enum class Kind : std::uint8_t { Unresolved, Definition, Module, External };
  Kind kind = Kind::Unresolved;
  ProgramIndex definition = kNowhere;
  ProgramIndex file = kNowhere;  ///< Of a module, where there are facts of it.
  NameId module = kNoName;       ///< The module; for another kind, what the import names.
};

std::string_view to_string(NameTarget::Kind kind);

/// A name that a module offers to importers: what it defines, what it imports (stars included), and
/// submodules that its `__all__` lists.
struct OfferedName {
  ProgramIndex file = kNowhere;
  NameId name = kNoName;
  ProgramIndex import = kNowhere;  ///< That binds it; of a star, the star.
  bool in_all = false;
  bool is_public = false;  ///< A star import takes it: in `__all__`, or without one, no `_` first.
  NameTarget target;       ///< At the end of all re-exports.
};

/// The names that the modules of a repository offer, and what imports bind.
///
/// A binding of a module itself goes before all stars (`star_names`).
///
/// Each name leads to at most one other. A way that ends in a circle (of imports that bind each
/// other's names) leads to what its import says by itself; a name that stars send round in a circle
/// to what it is where it is bound.
///
/// Thread-safety: immutable after construction.
class OfferedNames {
 public:
  OfferedNames() = default;
  OfferedNames(NameFacts& facts, const ModuleIndex& modules, std::span<const ImportTarget> targets);

  [[nodiscard]] std::span<const OfferedName> names() const { return names_; }
  /// What is in an `__all__` and bound by nothing that can be seen (made by `__getattr__` or at run
  /// time).
  [[nodiscard]] std::span<const ModuleMember> unbound() const { return unbound_; }
  /// What `name` stands for in the module of `file`, or null.
  [[nodiscard]] const NameTarget* find(ProgramIndex file, NameId name) const {
    const std::uint32_t* const place = places_.find(NameFacts::key(file, name));
    return place == nullptr ? nullptr : &names_[*place].target;
  }
  /// What the names that `facts.imports` bind stand for. An attribute of a package goes before its
  /// submodule of the same name, as at run time.
  [[nodiscard]] std::span<const NameTarget> imported() const { return imported_; }
  /// Which modules were looked into for their `__all__`.
  [[nodiscard]] std::span<const FileRead> reads_of_lists() const { return reads_of_lists_; }

 private:
  friend class NameOffers;
  std::vector<OfferedName> names_;
  std::vector<ModuleMember> unbound_;
  std::vector<NameTarget> imported_;
  std::vector<FileRead> reads_of_lists_;
  FlatMap<std::uint32_t> places_;  // in names_, by file and name
};

}  // namespace alluvium::code
