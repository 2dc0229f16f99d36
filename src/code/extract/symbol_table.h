#pragma once

#include <cstdint>
#include <vector>

#include "code/extract/file_facts.h"
#include "code/extract/flat_map.h"
#include "code/extract/name_table.h"
#include "code/extract/scope_tree.h"
#include "code/extract/text_arena.h"

namespace alluvium::code {

/// What is done with a name in one scope, as bits.
using SymbolUses = std::uint16_t;
namespace symbol_use {
inline constexpr SymbolUses kReferenced = 1 << 0;
inline constexpr SymbolUses kAssigned = 1 << 1;  ///< Or deleted.
inline constexpr SymbolUses kParameter = 1 << 2;
inline constexpr SymbolUses kImported = 1 << 3;
inline constexpr SymbolUses kAnnotated = 1 << 4;
inline constexpr SymbolUses kGlobal = 1 << 5;  ///< Declared so; in the module, by any scope.
inline constexpr SymbolUses kNonlocal = 1 << 6;
inline constexpr SymbolUses kTypeParameter = 1 << 7;
/// An inlined comprehension has a cell of that name.
inline constexpr SymbolUses kCellInside = 1 << 8;
inline constexpr SymbolUses kBound = kAssigned | kParameter | kImported;
}  // namespace symbol_use

using SymbolIndex = std::uint32_t;
inline constexpr SymbolIndex kNoSymbol = 0xFFFFFFFF;

struct Symbol {
  NameId name = 0;
  SymbolUses uses = 0;
  NameScope scope = NameScope::Local;
  /// Free here or below, and bound further out.
  bool escapes = false;
  /// Of a comprehension that is inlined: free in a scope in it that is not.
  bool is_captured = false;
  SymbolIndex next = kNoSymbol;  ///< Of the same scope.
};

/// The names of each scope of a file by the rules of CPython 3.13's compiler: with private names
/// mangled, and with those that the compiler itself puts there.
///
/// Thread-safety: one thread at a time.
class SymbolTable {
 public:
  /// The texts of mangled names go into `storage`.
  SymbolTable(NameTable& names, const ScopeTree& scopes, TextArena& storage);

  /// Notes a scope that was added to the tree. Call it before its names are added.
  void open(ScopeId scope);

  void add(ScopeId scope, NameId name, SymbolUses uses);
  /// Adds a use of the value. In a function, that of `super` is one of `__class__`.
  void refer(ScopeId scope, NameId name);
  void declare_global(ScopeId scope, NameId name);
  /// Adds the target of an assignment expression.
  void assign_outside_comprehensions(ScopeId scope, NameId name);
  /// Notes that the function with the type parameters `scope` has defaults of that kind.
  void add_defaults(ScopeId scope, bool keyword_only);

  [[nodiscard]] SymbolIndex first(ScopeId scope) const { return lists_[scope].first; }
  [[nodiscard]] Symbol& operator[](SymbolIndex symbol) { return symbols_[symbol]; }
  [[nodiscard]] const Symbol& operator[](SymbolIndex symbol) const { return symbols_[symbol]; }
  /// Returns the symbol of a name as the compiler has it, or none.
  [[nodiscard]] SymbolIndex find(ScopeId scope, NameId mangled) const {
    const SymbolIndex* const found = index_.find(key(scope, mangled));
    return found == nullptr ? kNoSymbol : *found;
  }
  /// Adds a symbol that isn't there.
  void append(ScopeId scope, const Symbol& symbol);

  [[nodiscard]] bool is_class_name(NameId name) const {
    return name == class_cell_ || name == class_dictionary_;
  }
  [[nodiscard]] NameId class_cell() const { return class_cell_; }

  /// The class whose own names an annotation scope sees, or none.
  [[nodiscard]] ScopeId visible_class(ScopeId scope) const;

 private:
  struct List {
    SymbolIndex first = kNoSymbol;
    SymbolIndex last = kNoSymbol;
  };
  static std::uint64_t key(ScopeId scope, NameId name) {
    return (std::uint64_t{scope} << 32) | name;
  }
  void add_mangled(ScopeId scope, NameId name, SymbolUses uses);
  [[nodiscard]] bool is_private(NameId name) const;
  [[nodiscard]] NameId mangled(ScopeId scope, NameId name);
  [[nodiscard]] NameId mangled_by(NameId class_name, NameId name);

  NameTable& names_;
  const ScopeTree& scopes_;
  TextArena& storage_;
  NameId super_;
  NameId class_cell_;
  NameId class_dictionary_;
  std::vector<List> lists_;  // by scope
  std::vector<Symbol> symbols_;
  FlatMap<SymbolIndex> index_;  // into symbols_
};

}  // namespace alluvium::code
