#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/frame/record_batch.h"
#include "alluvium/session/session.h"
#include "code/extract/file_facts.h"
#include "code/extract/flat_map.h"
#include "code/extract/name_table.h"

namespace alluvium::code {

/// A position in one of the program's lists, or none.
using ProgramIndex = std::int32_t;
inline constexpr ProgramIndex kNowhere = -1;

/// What a name that is bound at a module's top level, or by an import, stands for.
struct NameTarget {
  enum class Kind : std::uint8_t { Unresolved, Definition, Module, External };
  Kind kind = Kind::Unresolved;
  ProgramIndex definition = kNowhere;
  ProgramIndex file = kNowhere;  ///< Of a module, where it is known.
  NameId module = 0;             ///< Of a module: its dotted name.
};

/// All that resolution across the files of a repository needs of their facts, in memory. Files are
/// ordered by path, so that the same repository is always the same program.
///
/// Thread-safety: immutable after `load`.
struct Program {
  struct File {
    std::string_view file_id;
    std::string_view path;
    NameId module = 0;
    ProgramIndex first_definition = 0;
    ProgramIndex first_value = 0;
    ProgramIndex first_import = 0;
  };
  struct Definition {
    DefinitionKind kind = DefinitionKind::Class;
    bool is_property = false;
    bool is_static = false;
    NameId name = 0;
    ProgramIndex parent = kNowhere;
    ProgramIndex file = kNowhere;
    std::string_view def_id;
  };
  struct Value {
    ValueKind kind = ValueKind::Definition;
    ProgramIndex base = kNowhere;   ///< In `values`; of an import, in `imports`.
    ProgramIndex other = kNowhere;  ///< In `values`.
    ProgramIndex definition = kNowhere;
    ProgramIndex file = kNowhere;
    NameId name = 0;
  };
  struct Flow {
    FlowRole role = FlowRole::Value;
    ProgramIndex definition = kNowhere;
    NameId name = 0;
    ProgramIndex value = kNowhere;
  };
  /// A question that references ask beyond their file.
  struct Lookup {
    enum class Kind : std::uint8_t { Import, Star, Value, Name };
    Kind kind = Kind::Name;
    ProgramIndex file = kNowhere;
    ProgramIndex index = kNowhere;  ///< In `imports` or `values`.
    NameId name = 0;
    std::string_view lookup_id;
  };

  /// Reads `interfaces`, `import_bindings`, `name_targets` and `module_index`, tables of `session`.
  static Program load(const Session& session, const Interrupt& interrupt);

  /// What `name` stands for in the module of `file`, or null.
  [[nodiscard]] const NameTarget* name_in(ProgramIndex file, NameId name) const {
    return name_targets.find(key(file, name));
  }
  /// The file of the module called `module`, or none.
  [[nodiscard]] ProgramIndex file_of(NameId module) const {
    const ProgramIndex* const found = module_files.find(module);
    return found == nullptr ? kNowhere : *found;
  }
  /// The file of the module `name` in the package called `module`, or none.
  [[nodiscard]] ProgramIndex submodule(NameId module, NameId name) const {
    const ProgramIndex* const found = submodules.find(key(static_cast<ProgramIndex>(module), name));
    return found == nullptr ? kNowhere : *found;
  }
  static std::uint64_t key(ProgramIndex index, NameId name) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(index)) << 32) | name;
  }

  /// Names that the language gives a meaning.
  struct SpecialNames {
    NameId class_ = 0;  ///< `__class__`
    NameId call = 0;
    NameId enter = 0;
    NameId get_item = 0;
    NameId next = 0;
    NameId iterate = 0;
    std::array<NameId, 3> take_item = {};  ///< Methods of builtin containers that give an item.
  };

  std::string repo;
  NameTable names;
  SpecialNames special;
  std::vector<File> files;
  std::vector<Definition> definitions;
  std::vector<Value> values;
  std::vector<Flow> flows;
  std::vector<Lookup> lookups;
  std::vector<NameTarget> imports;
  FlatMap<NameTarget> name_targets;    // by file and name
  FlatMap<ProgramIndex> module_files;  // by dotted name
  FlatMap<ProgramIndex> submodules;    // by the package's dotted name and the module's own

 private:
  std::vector<RecordBatch> kept_;  // what the texts are views of
  friend class ProgramLoader;
};

}  // namespace alluvium::code
