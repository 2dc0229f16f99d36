#include "code/extract/symbol_scopes.h"

#include <algorithm>
#include <span>
#include <vector>

#include "code/extract/evaluation_order.h"
#include "code/extract/symbol_table.h"

namespace alluvium::code {
namespace {

using namespace symbol_use;

/// The scopes directly in each scope.
class ScopeChildren {
 public:
  explicit ScopeChildren(const ScopeTree& scopes) : begins_(scopes.size() + 2) {
    for (ScopeId scope = 1; scope < scopes.size(); ++scope) {
      if (!scopes[scope].is_unevaluated) ++begins_[scopes[scope].parent + 2];
    }
    for (std::size_t i = 2; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
    children_.resize(begins_.back());
    for (ScopeId scope = 1; scope < scopes.size(); ++scope) {
      if (!scopes[scope].is_unevaluated) children_[begins_[scopes[scope].parent + 1]++] = scope;
    }
  }

  [[nodiscard]] std::span<const ScopeId> of(ScopeId scope) const {
    return std::span(children_).subspan(begins_[scope], begins_[scope + 1] - begins_[scope]);
  }

 private:
  std::vector<std::size_t> begins_;
  std::vector<ScopeId> children_;
};

class SymbolScopes {
 public:
  explicit SymbolScopes(Extraction& extraction)
      : tree_(extraction.tree),
        scopes_(extraction.scopes),
        symbols_(extraction.symbols),
        names_(extraction.names),
        facts_(extraction.facts),
        children_(extraction.scopes),
        home_(extraction.scopes.size(), kModuleScope) {}

  void decide() {
    const auto count = static_cast<ScopeId>(scopes_.size());
    for (ScopeId scope = 1; scope < count; ++scope) find_home(scope);
    for (ScopeId scope = 0; scope < count; ++scope) {
      if (scopes_[scope].is_unevaluated) continue;
      for (SymbolIndex i = symbols_.first(scope); i != kNoSymbol; i = symbols_[i].next) {
        symbols_[i].scope = scope_of(scope, symbols_[i]);
        symbols_[i].escapes = symbols_[i].scope == NameScope::Free;
      }
    }
    // From the inside out: a scope comes after the one that it is in.
    for (ScopeId scope = count; scope-- > 0;) {
      if (!scopes_[scope].is_unevaluated) take_from_children(scope);
    }
  }

  void add_facts() {
    std::vector<FactIndex> fact_of(scopes_.size(), kNoFact);
    FlatMap<std::int64_t> ordinals;
    for (ScopeId id = 0; id < scopes_.size(); ++id) {
      const Scope& scope = scopes_[id];
      if (scope.is_unevaluated || is_inlined(id)) continue;
      ScopeFact fact;
      fact.kind = kind_of(scope.kind);
      fact.name = names_.text(scope.name);
      fact.parent = id == kModuleScope ? kNoFact : fact_of[home_[scope.parent]];
      fact.line = scope.line;
      fact.definition = scope.definition;
      const auto parent = static_cast<std::uint64_t>(fact.parent + 1);
      fact.ordinal = ordinals[(parent << 36) | (std::uint64_t{scope.name} << 4) |
                              static_cast<std::uint64_t>(fact.kind)]++;
      fact_of[id] = static_cast<FactIndex>(facts_.scopes.size());
      facts_.scopes.push_back(fact);
      if (id == kModuleScope) continue;
      const SymbolIndex symbol = symbols_.find(home_[scope.parent], scope.name);
      if (symbol != kNoSymbol) symbols_[symbol].uses |= kNamespace;
    }
    for (ScopeId id = 0; id < scopes_.size(); ++id) {
      if (fact_of[id] != kNoFact) add_bindings(id, fact_of[id]);
    }
  }

 private:
  static constexpr SymbolUses kNamespace = 1 << 9;

  static SymbolScopeKind kind_of(ScopeKind kind) {
    switch (kind) {
      case ScopeKind::Module:
        return SymbolScopeKind::Module;
      case ScopeKind::Class:
        return SymbolScopeKind::Class;
      case ScopeKind::Function:
      case ScopeKind::Comprehension:
      case ScopeKind::Generator:
        return SymbolScopeKind::Function;
      case ScopeKind::TypeParameters:
        return SymbolScopeKind::TypeParameters;
      case ScopeKind::TypeAlias:
        return SymbolScopeKind::TypeAlias;
      case ScopeKind::TypeVariable:
        return SymbolScopeKind::TypeVariable;
    }
    return SymbolScopeKind::Function;
  }

  static std::uint64_t key(ScopeId scope, NameId name) {
    return (std::uint64_t{scope} << 32) | name;
  }

  /// Whether the scope's code runs as a part of the scope around it.
  [[nodiscard]] bool is_inlined(ScopeId scope) const { return home_[scope] != scope; }

  void find_home(ScopeId scope) {
    const ScopeId parent = scopes_[scope].parent;
    const bool is_inlined = scopes_[scope].kind == ScopeKind::Comprehension &&
                            symbols_.visible_class(parent) == kNoScope;
    const ScopeId home = home_[scope] = is_inlined ? home_[parent] : scope;
    if (!is_inlined || scopes_[home].kind != ScopeKind::Class) return;
    if (scopes_[scope].is_unevaluated) return;
    for (SymbolIndex i = symbols_.first(scope); i != kNoSymbol; i = symbols_[i].next) {
      if ((symbols_[i].uses & kBound) == 0) continue;
      ScopeId& first = left_in_class_[key(home, symbols_[i].name)];
      if (first == 0 || is_compiled_before(tree_, scopes_[scope].node, scopes_[first].node)) {
        first = scope;
      }
    }
  }
  /// Whether names of the scope can be variables of scopes in it.
  [[nodiscard]] bool is_function_like(ScopeId scope) const {
    const ScopeKind kind = scopes_[scope].kind;
    return kind != ScopeKind::Module && kind != ScopeKind::Class;
  }

  [[nodiscard]] NameScope scope_of(ScopeId scope, const Symbol& symbol) const {
    if ((symbol.uses & kGlobal) != 0) return NameScope::GlobalExplicit;
    if ((symbol.uses & kNonlocal) != 0) return NameScope::Free;
    if ((symbol.uses & kBound) != 0) return NameScope::Local;
    if (const ScopeId around = symbols_.visible_class(scope); around != kNoScope) {
      const SymbolUses uses = uses_in(around, symbol.name);
      if ((uses & kGlobal) != 0) return NameScope::GlobalExplicit;
      if ((uses & kBound) != 0 && (uses & kNonlocal) == 0) return NameScope::GlobalImplicit;
      if (uses == 0 && is_left_in_class(around, scope, symbol.name)) {
        return NameScope::GlobalImplicit;
      }
    }
    return is_bound_around(scope, symbol.name) ? NameScope::Free : NameScope::GlobalImplicit;
  }

  [[nodiscard]] SymbolUses uses_in(ScopeId scope, NameId name) const {
    const SymbolIndex symbol = symbols_.find(scope, name);
    return symbol == kNoSymbol ? SymbolUses{0} : symbols_[symbol].uses;
  }

  /// Whether a comprehension that is compiled before `scope` is inlined into the class and puts the
  /// name there: CPython, which goes from scope to scope, then takes it for the class's.
  [[nodiscard]] bool is_left_in_class(ScopeId around, ScopeId scope, NameId name) const {
    const ScopeId* const first = left_in_class_.find(key(around, name));
    if (first == nullptr) return false;
    while (scopes_[scope].parent != around) scope = scopes_[scope].parent;
    return is_compiled_before(tree_, scopes_[*first].node, scopes_[scope].node);
  }

  [[nodiscard]] bool is_bound_around(ScopeId scope, NameId name) const {
    while (scope != kModuleScope) {
      scope = scopes_[scope].parent;
      if (scopes_[scope].kind == ScopeKind::Class && symbols_.is_class_name(name)) return true;
      if (!is_function_like(scope)) continue;
      const SymbolUses uses = uses_in(scope, name);
      if ((uses & kGlobal) != 0) return false;
      if ((uses & kNonlocal) == 0 && (uses & kBound) != 0) return true;
    }
    return false;
  }

  /// Takes over what the scopes directly in `scope` leave to it: comprehensions that are inlined,
  /// and names that are free there.
  void take_from_children(ScopeId scope) {
    free_.clear();
    cells_.clear();
    captured_.clear();
    inlined_.clear();
    for (const ScopeId child : children_.of(scope)) {
      if (is_inlined(child)) {
        inlined_.push_back(child);
        continue;
      }
      for (SymbolIndex i = symbols_.first(child); i != kNoSymbol; i = symbols_[i].next) {
        if (symbols_[i].escapes) free_.push_back(symbols_[i].name);
        if (symbols_[i].scope == NameScope::Free) captured_.push_back(symbols_[i].name);
      }
    }
    // Of two that have a name in common, the first one's counts.
    std::sort(inlined_.begin(), inlined_.end(), [this](ScopeId a, ScopeId b) {
      return a != b && is_compiled_before(tree_, scopes_[a].node, scopes_[b].node);
    });
    for (const ScopeId child : inlined_) take_inlined(scope, child);
    std::sort(free_.begin(), free_.end());
    free_.erase(std::unique(free_.begin(), free_.end()), free_.end());
    for (const NameId name : free_) take_free(scope, name);
    if (!is_function_like(scope)) return;
    for (const NameId name : cells_) {
      Symbol& symbol = symbols_[symbols_.find(scope, name)];
      symbol.uses |= kCellInside;
      if (symbol.scope == NameScope::Local) symbol.scope = NameScope::Cell;
    }
    for (const NameId name : captured_) symbols_[symbols_.find(scope, name)].is_captured = true;
  }

  void take_inlined(ScopeId scope, ScopeId child) {
    const bool is_class = scopes_[scope].kind == ScopeKind::Class;
    for (SymbolIndex i = symbols_.first(child); i != kNoSymbol; i = symbols_[i].next) {
      Symbol symbol = symbols_[i];
      if ((symbol.uses & kParameter) != 0) continue;
      if (symbol.scope == NameScope::Cell || (symbol.uses & kCellInside) != 0) {
        cells_.push_back(symbol.name);
      }
      bool escapes = symbol.escapes;
      if (is_class && symbol.scope == NameScope::Free && symbol.name == symbols_.class_cell()) {
        symbol.scope = NameScope::GlobalImplicit;
        escapes = false;
      }
      const SymbolIndex own = symbols_.find(scope, symbol.name);
      if (symbol.is_captured) captured_.push_back(symbol.name);
      if (own == kNoSymbol) {
        symbol.escapes = false;
        symbol.is_captured = false;
        symbol.next = kNoSymbol;
        symbols_.append(scope, symbol);
      } else if (!is_class && (symbols_[own].uses & kBound) != 0) {
        // Now that the comprehension is a part of it, only scopes in that need a cell.
        escapes = escapes && symbol.is_captured;
      }
      if (escapes) free_.push_back(symbol.name);
    }
  }

  /// Binds a name that is free in a scope directly in `scope`, or passes it on.
  void take_free(ScopeId scope, NameId name) {
    const ScopeKind kind = scopes_[scope].kind;
    if (kind == ScopeKind::Module) return;
    if (kind == ScopeKind::Class && symbols_.is_class_name(name)) return;
    const SymbolIndex own = symbols_.find(scope, name);
    if (own == kNoSymbol) {
      symbols_.append(scope, {.name = name, .scope = NameScope::Free, .escapes = true});
    } else if (is_function_like(scope) && symbols_[own].scope == NameScope::Local) {
      symbols_[own].scope = NameScope::Cell;
    } else {
      symbols_[own].escapes = true;
    }
  }

  void add_bindings(ScopeId scope, FactIndex fact) {
    // `symtable` knows a module by its name, so that a function of that name is taken for one.
    const bool is_top = scopes_[scope].name == scopes_[kModuleScope].name;
    for (SymbolIndex i = symbols_.first(scope); i != kNoSymbol; i = symbols_[i].next) {
      const Symbol& symbol = symbols_[i];
      const auto uses = [&](SymbolUses which) { return (symbol.uses & which) != 0; };
      const bool is_own = is_top && uses(kBound);
      BindingFlags flags = 0;
      const auto set = [&](bool value, BindingFlags flag) { flags |= value ? flag : 0; };
      const NameScope where = symbol.scope;
      set(uses(kParameter), binding_flag::kParameter);
      set(where == NameScope::Local || where == NameScope::Cell || is_own, binding_flag::kLocal);
      set(where == NameScope::GlobalImplicit || where == NameScope::GlobalExplicit || is_own,
          binding_flag::kGlobal);
      set(where == NameScope::GlobalExplicit, binding_flag::kDeclaredGlobal);
      set(uses(kNonlocal), binding_flag::kNonlocal);
      set(where == NameScope::Free, binding_flag::kFree);
      set(uses(kImported), binding_flag::kImported);
      set(uses(kAssigned), binding_flag::kAssigned);
      set(uses(kReferenced), binding_flag::kReferenced);
      set(uses(kAnnotated), binding_flag::kAnnotated);
      set(uses(kNamespace), binding_flag::kNamespace);
      facts_.bindings.push_back(
          {.scope = fact, .name = names_.text(symbol.name), .name_scope = where, .flags = flags});
    }
  }

  const SyntaxTree& tree_;
  const ScopeTree& scopes_;
  SymbolTable& symbols_;
  const NameTable& names_;
  FileFacts& facts_;
  ScopeChildren children_;
  std::vector<ScopeId> home_;       // where a scope's code is: itself, unless it is inlined
  FlatMap<ScopeId> left_in_class_;  // the first comprehension in a class that binds a name
  std::vector<NameId> free_;
  std::vector<NameId> cells_;
  std::vector<NameId> captured_;
  std::vector<ScopeId> inlined_;
};

}  // namespace

void add_symbols(Extraction& extraction) {
  SymbolScopes scopes(extraction);
  scopes.decide();
  scopes.add_facts();
}

}  // namespace alluvium::code
