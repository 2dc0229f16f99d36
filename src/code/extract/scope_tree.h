#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "code/extract/file_facts.h"
#include "code/extract/flat_map.h"
#include "code/extract/name_table.h"
#include "code/extract/syntax_tree.h"

namespace alluvium::code {

using ScopeId = std::uint32_t;
inline constexpr ScopeId kModuleScope = 0;
inline constexpr ScopeId kNoScope = 0xFFFFFFFF;

enum class ScopeKind : std::uint8_t {
  Module,
  Class,
  Function,        ///< A def or a lambda.
  Comprehension,   ///< Of a list, set or dictionary.
  Generator,       ///< A generator expression.
  TypeParameters,  ///< Between a generic class, function or alias and where it stands.
  TypeAlias,       ///< The value of a `type` statement.
  TypeVariable,    ///< The bound of a type parameter.
};

struct Scope {
  ScopeKind kind = ScopeKind::Module;
  ScopeId parent = kNoScope;
  /// What CPython calls it: its class or function, `lambda`, `genexpr`, `top`.
  NameId name = 0;
  /// Of the syntax that makes the scope.
  NodeIndex node = 0;
  /// Where that begins, from 1; 0 for the module.
  std::uint32_t line = 0;
  /// Of type parameters: a class's.
  bool of_class = false;
  /// In an annotation that is never evaluated: for CPython, there is no such scope.
  bool is_unevaluated = false;
  /// The innermost class, function or method that the scope's code belongs to.
  FactIndex definition = kNoFact;
  /// What the qualname of a name inside starts with: empty, `C.` or `f.<locals>.`.
  std::string_view qualname_prefix = {};
  /// The first parameter of a method that is not static: what is called `self` or `cls`.
  std::optional<NameId> self_name = {};
  /// Of a method: the class's scope.
  ScopeId self_class = kNoScope;
};

/// How a name came to be bound in a scope.
struct Binding {
  enum class Target : std::uint8_t { None, Local, Definition, Import };

  ScopeId scope = kNoScope;
  NameId name = 0;
  bool is_bound = false;
  bool is_global = false;    ///< Declared by `global`.
  bool is_nonlocal = false;  ///< Declared by `nonlocal`.
  bool ambiguous = false;    ///< Bound to more than one thing.
  Target target = Target::None;
  FactIndex index = kNoFact;           ///< The target's.
  FactIndex variable_index = kNoFact;  ///< The row of a module- or class-level variable.
};

/// The scopes of a file, what they bind, and what a name means in each: Python's rules for names,
/// which don't depend on the order of statements.
///
/// Thread-safety: one thread at a time.
class ScopeTree {
 public:
  /// What a name means somewhere.
  struct Meaning {
    Resolution resolution = Resolution::Unresolved;
    bool ambiguous = false;
    FactIndex definition = kNoFact;
    FactIndex import = kNoFact;
    ScopeId scope = kNoScope;  ///< Where it is bound.
  };

  explicit ScopeTree(NameTable& names);

  ScopeId add(Scope scope) {
    scopes_.push_back(scope);
    return static_cast<ScopeId>(scopes_.size() - 1);
  }
  [[nodiscard]] Scope& operator[](ScopeId scope) { return scopes_[scope]; }
  [[nodiscard]] const Scope& operator[](ScopeId scope) const { return scopes_[scope]; }

  [[nodiscard]] std::size_t size() const { return scopes_.size(); }

  void declare_global(ScopeId scope, NameId name) { entry(scope, name).is_global = true; }
  void declare_nonlocal(ScopeId scope, NameId name) { entry(scope, name).is_nonlocal = true; }
  [[nodiscard]] bool is_declared_global(ScopeId scope, NameId name) const {
    const Binding* const found = find(scope, name);
    return found != nullptr && found->is_global;
  }

  /// The scope that an assignment expression in `scope` binds in.
  [[nodiscard]] ScopeId outside_comprehensions(ScopeId scope) const;
  [[nodiscard]] bool is_comprehension(ScopeId scope) const {
    return scopes_[scope].kind == ScopeKind::Comprehension ||
           scopes_[scope].kind == ScopeKind::Generator;
  }

  void bind_definition(ScopeId scope, NameId name, FactIndex definition) {
    bind(scope, name, Binding::Target::Definition, definition);
  }
  /// The same, of a definition that is one thing with what the name is bound to.
  void bind_more_of_definition(ScopeId scope, NameId name, FactIndex definition) {
    const bool was_ambiguous = entry(scope, name).ambiguous;
    bind_definition(scope, name, definition);
    entry(scope, name).ambiguous = was_ambiguous;
  }
  void bind_import(ScopeId scope, NameId name, FactIndex import) {
    bind(scope, name, Binding::Target::Import, import);
  }
  /// Binds a variable. Returns the binding if it is at module or class level; its row, made by the
  /// caller when there is none, is then told to `bind_variable_row`.
  Binding* bind_variable(ScopeId scope, NameId name);
  /// `is_conditional`: under `if` or `try`, where it takes no import's or definition's place.
  static void bind_variable_row(Binding& binding, bool is_conditional);

  void note_star_import() { has_star_import_ = true; }

  [[nodiscard]] const Binding* find(ScopeId scope, NameId name) const {
    const std::uint32_t* const index = index_.find(key(scope, name));
    return index == nullptr ? nullptr : &bindings_[*index];
  }
  /// Returns what `name` means in `scope`. Call only when everything is bound.
  const Meaning& meaning(ScopeId scope, NameId name);
  /// Returns what the binding itself means.
  static Meaning meaning_of(const Binding& binding);
  /// All bindings and declarations, in the order of their first appearance.
  [[nodiscard]] const std::vector<Binding>& bindings() const { return bindings_; }

 private:
  static std::uint64_t key(ScopeId scope, NameId name) {
    return (std::uint64_t{scope} << 32) | name;
  }
  Binding& entry(ScopeId scope, NameId name);
  void bind(ScopeId scope, NameId name, Binding::Target target, FactIndex index);
  Meaning look_up(ScopeId scope, NameId name) const;

  NameTable& names_;
  NameId class_cell_;
  std::vector<Scope> scopes_;
  std::vector<Binding> bindings_;
  FlatMap<std::uint32_t> index_;  // into bindings_
  FlatMap<std::uint32_t> cache_;  // into meanings_
  std::vector<Meaning> meanings_;
  bool has_star_import_ = false;
};

}  // namespace alluvium::code
