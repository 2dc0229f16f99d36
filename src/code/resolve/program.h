#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "alluvium/frame/record_batch.h"
#include "alluvium/session/session.h"
#include "code/extract/file_facts.h"
#include "code/extract/flat_map.h"
#include "code/extract/name_table.h"
#include "code/identity/file_interface.h"
#include "code/resolve/import_targets.h"
#include "code/resolve/link_graph.h"
#include "code/resolve/name_facts.h"
#include "code/resolve/offered_names.h"

namespace alluvium::code {

/// Some of a repository's files, and what is known of the others without what they say.
struct ProgramPart {
  const LinkGraph& graph;
  LinkGraph::Files files;
  DataFrame interfaces;  ///< Of `files`: file_id, interface.
};

/// All that resolution across the files of a repository needs of their facts, in memory, and what
/// their names stand for. Files are ordered by path, so that the same repository is always the same
/// program. It may be a part of a repository: of all that its names depend on.
///
/// Thread-safety: immutable after `load`.
struct Program : NameFacts {
  struct Definition {
    DefinitionKind kind = DefinitionKind::Class;
    bool is_property = false;
    bool is_static = false;
    bool is_fixture = false;          ///< A decorator makes it a pytest fixture.
    bool is_used_everywhere = false;  ///< Such a one that tests need not name.
    NameId name = 0;
    ProgramIndex parent = kNowhere;
    ProgramIndex file = kNowhere;
    StableId def_id;
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
    LookupKind kind = LookupKind::Name;
    ProgramIndex file = kNowhere;
    ProgramIndex index = kNowhere;  ///< In `imports` or `values`.
    NameId name = 0;
    std::uint32_t uses = 0;  ///< How many references of the file ask it.
  };

  /// What a file that a part of a program leaves out has of the names in it
  /// (`FileLinks::named`).
  struct Elsewhere {
    NameId name = 0;
    StableId def_id;
  };

  /// Reads `file_modules` and `file_interfaces`, tables of `session`.
  static Program load(const Session& session, const Interrupt& interrupt);
  /// Reads `file_modules` and a part of the interfaces.
  static Program load(const Session& session, const ProgramPart& part, const Interrupt& interrupt);

  /// Of a definition, also one `elsewhere`: these are counted on.
  [[nodiscard]] StableId def_id(ProgramIndex definition) const {
    const auto index = static_cast<std::size_t>(definition);
    return index < definitions.size() ? definitions[index].def_id
                                      : elsewhere[index - definitions.size()].def_id;
  }

  /// What `name` stands for in the module of `file`, or null.
  [[nodiscard]] const NameTarget* name_in(ProgramIndex file, NameId name) const {
    return offered.find(file, name);
  }
  /// What the name that an import binds stands for.
  [[nodiscard]] const NameTarget& imported(ProgramIndex import) const {
    return offered.imported()[static_cast<std::size_t>(import)];
  }
  /// The file of the module `name` in the package called `module`, or none.
  [[nodiscard]] ProgramIndex submodule(NameId module, NameId name) const {
    const ProgramIndex* const found = submodules.find(key(static_cast<ProgramIndex>(module), name));
    return found == nullptr ? kNowhere : *found;
  }

  /// Names that the language gives a meaning.
  struct SpecialNames {
    NameId class_ = 0;  ///< `__class__`
    NameId call = 0;
    NameId enter = 0;
    NameId get_item = 0;
    NameId next = 0;
    NameId iterate = 0;
    std::array<NameId, 5> take_item = {};   ///< Methods of builtin containers that give an item.
    std::array<NameId, 2> give_items = {};  ///< Those that give a container of the items.
  };

  std::string repo;
  SpecialNames special;
  std::vector<Definition> definitions;
  std::vector<Value> values;
  std::vector<Flow> flows;
  std::vector<Lookup> lookups;
  std::vector<Elsewhere> elsewhere;
  std::vector<ImportTarget> import_targets;  // of imports
  OfferedNames offered;
  FlatMap<ProgramIndex> submodules;  // by the package's dotted name and the module's own

 private:
  std::vector<std::vector<RecordBatch>> kept_;  // what the texts are views of
  friend class ProgramLoader;
};

}  // namespace alluvium::code
