#include "code/extract/symbol_table.h"

#include <algorithm>
#include <string_view>

namespace alluvium::code {

SymbolTable::SymbolTable(NameTable& names, const ScopeTree& scopes, TextArena& storage)
    : names_(names),
      scopes_(scopes),
      storage_(storage),
      super_(names.intern("super")),
      class_cell_(names.intern("__class__")),
      class_dictionary_(names.intern("__classdict__")),
      lists_(1) {}

void SymbolTable::open(ScopeId id) {
  using namespace symbol_use;
  lists_.resize(id + 1);
  const Scope& scope = scopes_[id];
  switch (scope.kind) {
    case ScopeKind::Module:
    case ScopeKind::Function:
      return;
    case ScopeKind::Class:
      if (scopes_[scope.parent].kind != ScopeKind::TypeParameters) return;
      add_mangled(id, names_.intern("__type_params__"), kAssigned);
      add_mangled(id, names_.intern(".type_params"), kReferenced);
      return;
    case ScopeKind::Comprehension:
    case ScopeKind::Generator:
      add_mangled(id, names_.intern(".0"), kParameter);
      return;
    case ScopeKind::TypeParameters:
      if (scope.of_class) {
        add_mangled(id, names_.intern(".type_params"), kAssigned | kReferenced);
        add_mangled(id, names_.intern(".generic_base"), kAssigned | kReferenced);
      }
      [[fallthrough]];
    case ScopeKind::TypeAlias:
    case ScopeKind::TypeVariable:
      if (visible_class(id) != kNoScope) add_mangled(id, class_dictionary_, kReferenced);
      return;
  }
}

void SymbolTable::add_defaults(ScopeId scope, bool keyword_only) {
  add_mangled(scope, names_.intern(keyword_only ? ".kwdefaults" : ".defaults"),
              symbol_use::kParameter);
}

ScopeId SymbolTable::visible_class(ScopeId id) const {
  for (;;) {
    const Scope& scope = scopes_[id];
    if (scope.kind != ScopeKind::TypeParameters && scope.kind != ScopeKind::TypeAlias &&
        scope.kind != ScopeKind::TypeVariable) {
      return kNoScope;
    }
    id = scope.parent;
    if (scopes_[id].kind == ScopeKind::Class) return id;
  }
}

void SymbolTable::add(ScopeId scope, NameId name, SymbolUses uses) {
  // The type parameters of a class have their names mangled as in its body.
  const bool of_class =
      (uses & symbol_use::kTypeParameter) != 0 && scopes_[scope].of_class && is_private(name);
  add_mangled(scope, of_class ? mangled_by(scopes_[scope].name, name) : mangled(scope, name), uses);
}

void SymbolTable::refer(ScopeId scope, NameId name) {
  add(scope, name, symbol_use::kReferenced);
  const ScopeKind kind = scopes_[scope].kind;
  if (name == super_ && kind != ScopeKind::Module && kind != ScopeKind::Class) {
    add_mangled(scope, class_cell_, symbol_use::kReferenced);
  }
}

void SymbolTable::declare_global(ScopeId scope, NameId name) {
  const NameId symbol = mangled(scope, name);
  add_mangled(scope, symbol, symbol_use::kGlobal);
  add_mangled(kModuleScope, symbol, symbol_use::kGlobal);
}

void SymbolTable::assign_outside_comprehensions(ScopeId scope, NameId name) {
  using namespace symbol_use;
  const NameId symbol = mangled(scope, name);
  const ScopeId target = scopes_.outside_comprehensions(scope);
  add_mangled(scope, symbol, kAssigned);
  if (target == scope) return;
  const SymbolIndex there = find(target, symbol);
  if (target == kModuleScope) {
    add_mangled(scope, symbol, kGlobal);
    add_mangled(target, symbol, kGlobal);
  } else if (there != kNoSymbol && (symbols_[there].uses & kGlobal) != 0) {
    declare_global(scope, name);
    add_mangled(target, symbol, kAssigned);
  } else {
    add_mangled(scope, symbol, kNonlocal);
    add_mangled(target, symbol, kAssigned);
  }
}

void SymbolTable::add_mangled(ScopeId scope, NameId name, SymbolUses uses) {
  const SymbolIndex found = find(scope, name);
  if (found == kNoSymbol) {
    append(scope, {.name = name, .uses = uses});
  } else {
    symbols_[found].uses |= uses;
  }
}

void SymbolTable::append(ScopeId scope, const Symbol& symbol) {
  const auto index = static_cast<SymbolIndex>(symbols_.size());
  symbols_.push_back(symbol);
  index_[key(scope, symbol.name)] = index;
  List& list = lists_[scope];
  (list.first == kNoSymbol ? list.first : symbols_[list.last].next) = index;
  list.last = index;
}

bool SymbolTable::is_private(NameId name) const {
  const std::string_view text = names_.text(name);
  return text.starts_with("__") && !text.ends_with("__");
}

NameId SymbolTable::mangled(ScopeId id, NameId name) {
  if (!is_private(name)) return name;
  for (; id != kModuleScope; id = scopes_[id].parent) {
    const Scope& scope = scopes_[id];
    if (scope.kind == ScopeKind::Class) return mangled_by(scope.name, name);
    if (scope.kind == ScopeKind::TypeParameters && scope.of_class) {
      // Around a generic class, only the names of its type parameters are the class's own.
      const NameId own = mangled_by(scope.name, name);
      const SymbolIndex symbol = find(id, own);
      const bool is_parameter =
          symbol != kNoSymbol && (symbols_[symbol].uses & symbol_use::kTypeParameter) != 0;
      return is_parameter ? own : name;
    }
  }
  return name;
}

NameId SymbolTable::mangled_by(NameId class_name, NameId name) {
  std::string_view prefix = names_.text(class_name);
  prefix.remove_prefix(std::min(prefix.find_first_not_of('_'), prefix.size()));
  if (prefix.empty()) return name;
  return names_.intern(storage_.concat({"_", prefix, names_.text(name)}));
}

}  // namespace alluvium::code
