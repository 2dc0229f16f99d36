#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "code/extract/file_facts.h"
#include "functions/id_parts.h"

namespace alluvium::code {

/// A position in the texts of a file's interface, or none.
using TextIndex = std::uint32_t;
inline constexpr TextIndex kNoText = ~TextIndex{0};

/// How a reference asks for what it means beyond its own file.
enum class LookupKind : std::uint8_t {
  Import,  ///< What the name that an import binds stands for.
  Star,    ///< What a name stands for that only a star import can have bound.
  Value,   ///< An attribute of a value.
  Name,    ///< An attribute of something that nothing is known about.
};

/// What resolution needs to know of a source file: its definitions, imports, values and questions,
/// without its references. It is a fraction of the facts, and all of it is needed of every file,
/// whichever changed; so it is kept, as bytes that are read in one pass.
///
/// Positions are in the lists of the same file. Thread-safety: a plain value.
struct FileInterface {
  struct Definition {
    StableId id;
    DefinitionKind kind = DefinitionKind::Class;
    bool is_property = false;
    bool is_static = false;
    bool is_fixture = false;          ///< A decorator makes it a pytest fixture.
    bool is_used_everywhere = false;  ///< Such a one that tests need not name.
    TextIndex name = kNoText;
    FactIndex parent = kNoFact;
  };
  struct Import {
    StableId id;
    TextIndex module = kNoText;  ///< As written; none in `from . import x`.
    TextIndex name = kNoText;
    TextIndex alias = kNoText;
    TextIndex bound_name = kNoText;
    bool is_from = false;
    bool is_star = false;
    bool in_type_checking = false;
    bool is_conditional = false;
    std::int64_t level = 0;
    std::int64_t bstart = 0;
    std::int64_t statement_line = 0;
    FactIndex scope = kNoFact;  ///< The definition that it is in; none at the top level.
  };
  /// A name that the module binds at its top level, by a definition or an import.
  struct Binding {
    TextIndex name = kNoText;
    FactIndex definition = kNoFact;
    FactIndex import = kNoFact;
  };
  struct Value {
    ValueKind kind = ValueKind::Definition;
    FactIndex base = kNoFact;   ///< In `values`; of an import, in `imports`.
    FactIndex other = kNoFact;  ///< In `values`.
    FactIndex definition = kNoFact;
    TextIndex name = kNoText;
  };
  struct Flow {
    FlowRole role = FlowRole::Value;
    FactIndex definition = kNoFact;
    TextIndex name = kNoText;
    FactIndex value = kNoFact;
  };
  struct Lookup {
    LookupKind kind = LookupKind::Name;
    FactIndex index = kNoFact;  ///< In `imports` or `values`, as the kind says.
    TextIndex name = kNoText;
    std::uint32_t uses = 0;  ///< How many references of the file ask it.
  };

  std::vector<std::string_view> texts;
  std::vector<Definition> definitions;  ///< Each after the one around it.
  std::vector<Import> imports;
  std::vector<Binding> bindings;
  bool has_all_names = false;        ///< The module says what its `__all__` is.
  std::vector<TextIndex> all_names;  ///< What that lists.
  std::vector<TextIndex> all_from;   ///< Whose `__all__` is taken into it: `m` for `m.__all__`.
  std::vector<Value> values;
  std::vector<Flow> flows;
  std::vector<Lookup> lookups;

  /// How many items the lists have of which every file has many.
  struct Sizes {
    std::size_t definitions = 0;
    std::size_t imports = 0;
    std::size_t bindings = 0;
    std::size_t values = 0;
    std::size_t flows = 0;
    std::size_t lookups = 0;

    Sizes& operator+=(const Sizes& more);
  };
  /// Those of what `write` wrote, without reading the rest. Errors: Corruption.
  static Sizes sizes(std::string_view bytes);

  /// Empties all lists, and keeps their memory.
  void clear();
  /// Appends what `read` reads to `bytes`.
  void write(std::string& bytes) const;
  /// Replaces everything by what `write` wrote. The texts are views of `bytes`.
  ///
  /// Errors: Corruption where the bytes are others.
  void read(std::string_view bytes);
};

}  // namespace alluvium::code
