#pragma once

#include <vector>

#include "code/resolve/module_index.h"
#include "code/resolve/name_facts.h"

namespace alluvium::code {

/// What one import names in the repository.
///
/// The object of an import is `a.b` for `import a.b`, `base.name` for `from base import name` and
/// `base.*` for a star; a relative base is the importer's package less (level - 1) names. The
/// target is the object when that is a module, else its parent when that is one (grimp's rule, also
/// for `import a.b` where b is no module of the repository).
struct ImportTarget {
  NameId base = kNoName;  ///< Of a `from` import; none where it lies above the source root.
  NameId object = kNoName;
  ProgramIndex object_file = kNowhere;  ///< The object itself when it is a module.
  ProgramIndex parent_file = kNowhere;  ///< Its parent when that is one: the module of `from`.
  bool is_namespace = false;            ///< The object is a folder of modules.
  bool looks_internal = false;          ///< Relative, or its first name is one of the repository's.

  /// The module that is imported, or imported from.
  [[nodiscard]] ProgramIndex file() const {
    return object_file != kNowhere ? object_file : parent_file;
  }
};

/// The targets of `facts.imports`, in that order.
std::vector<ImportTarget> import_targets(NameFacts& facts, const ModuleIndex& modules);

}  // namespace alluvium::code
