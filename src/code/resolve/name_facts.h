#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "code/extract/name_table.h"
#include "code/extract/text_arena.h"
#include "functions/id_parts.h"

namespace alluvium::code {

/// A position in one of the lists of a repository's facts, or none.
using ProgramIndex = std::int32_t;
inline constexpr ProgramIndex kNowhere = -1;

/// No name, where there may be one.
inline constexpr NameId kNoName = ~NameId{0};

/// A name in the module of a file.
struct ModuleMember {
  ProgramIndex file = kNowhere;
  NameId name = kNoName;
};

/// That the resolution of `file` looks into `read`.
struct FileRead {
  ProgramIndex file = kNowhere;
  ProgramIndex read = kNowhere;
};

/// What the resolution of names needs to know of a repository's files. Names and dotted names are
/// numbers of one table.
///
/// Thread-safety: a plain value.
struct NameFacts {
  /// A listed source file, with its `ModuleName`.
  struct File {
    std::string_view file_id;
    std::string_view path;
    bool has_facts = false;  ///< It was read, and is of Python.
    bool is_package = false;
    bool is_regular = false;
    bool has_all = false;  ///< It has an `__all__`.
    NameId module = kNoName;
    NameId package = kNoName;
    NameId source_root = kNoName;
    NameId short_name = kNoName;
    ProgramIndex first_definition = 0;
    ProgramIndex first_value = 0;
    ProgramIndex first_import = 0;
  };
  /// One imported name as written.
  struct Import {
    ProgramIndex file = kNowhere;
    StableId import_id;
    NameId written = kNoName;  ///< The module; none in `from . import x`.
    NameId name = kNoName;
    NameId alias = kNoName;
    NameId bound_name = kNoName;
    bool is_from = false;
    bool is_star = false;
    bool in_type_checking = false;
    bool is_conditional = false;
    std::int64_t level = 0;
    std::int64_t bstart = 0;
    std::int64_t statement_line = 0;
    ProgramIndex scope = kNowhere;  ///< The definition that it is in; none at the top level.
  };
  /// A name that a module binds at its top level, by a definition or an import; the last binding.
  struct Binding {
    ProgramIndex file = kNowhere;
    NameId name = kNoName;
    ProgramIndex definition = kNowhere;
    ProgramIndex import = kNowhere;
  };
  /// A number for `a` and `b` together; neither is negative.
  static std::uint64_t key(ProgramIndex a, NameId b) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32) | b;
  }

  NameTable names;
  TextArena texts;          ///< Of names that are made, not found.
  std::vector<File> files;  ///< By path.
  std::vector<Import> imports;
  std::vector<Binding> bindings;
  std::vector<ModuleMember> all_names;  ///< What the modules' `__all__` list.
  std::vector<ModuleMember> all_from;   ///< Whose list is taken into that: `m` for `m.__all__`.
};

}  // namespace alluvium::code
