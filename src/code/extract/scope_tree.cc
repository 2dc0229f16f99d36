#include "code/extract/scope_tree.h"

#include "code/extract/builtin_names.h"

namespace alluvium::code {

ScopeTree::ScopeTree(NameTable& names) : names_(names), class_cell_(names.intern("__class__")) {
  scopes_.push_back({.name = names.intern("top")});
}

ScopeId ScopeTree::outside_comprehensions(ScopeId scope) const {
  while (is_comprehension(scope)) scope = scopes_[scope].parent;
  return scope;
}

Binding& ScopeTree::entry(ScopeId scope, NameId name) {
  const std::uint64_t at = key(scope, name);
  if (const std::uint32_t* const found = index_.find(at)) return bindings_[*found];
  index_[at] = static_cast<std::uint32_t>(bindings_.size());
  Binding& made = bindings_.emplace_back();
  made.scope = scope;
  made.name = name;
  return made;
}

void ScopeTree::bind(ScopeId scope, NameId name, Binding::Target target, FactIndex index) {
  Binding* binding = &entry(scope, name);
  if (binding->is_nonlocal) return;
  if (binding->is_global) {
    binding = &entry(kModuleScope, name);
    binding->ambiguous |= binding->is_bound;
    if (binding->is_bound) return;
  }
  binding->ambiguous |=
      binding->is_bound && !(binding->target == target && binding->index == index);
  binding->is_bound = true;
  binding->target = target;
  binding->index = index;
}

Binding* ScopeTree::bind_variable(ScopeId scope, NameId name) {
  Binding* binding = &entry(scope, name);
  if (binding->is_nonlocal) return nullptr;
  if (binding->is_global && scope != kModuleScope) {
    // A module's name that is bound from inside a function has no row of its own.
    binding = &entry(kModuleScope, name);
    if (!binding->is_bound && binding->target == Binding::Target::None) {
      binding->target = Binding::Target::Definition;
    }
    return nullptr;
  }
  const ScopeKind kind = scopes_[scope].kind;
  if (kind == ScopeKind::Module || kind == ScopeKind::Class) return binding;
  if (binding->is_bound) {
    // A parameter, import or def that is assigned to keeps its row as the best answer.
    binding->ambiguous |= binding->target != Binding::Target::Local;
    return nullptr;
  }
  binding->is_bound = true;
  binding->target = Binding::Target::Local;
  return nullptr;
}

void ScopeTree::bind_variable_row(Binding& binding, bool is_conditional) {
  const bool is_variable =
      binding.target == Binding::Target::Definition && binding.index == binding.variable_index;
  if (binding.is_bound && !is_variable) {
    binding.ambiguous = true;
    if (is_conditional) return;
  }
  binding.is_bound = true;
  binding.target = Binding::Target::Definition;
  binding.index = binding.variable_index;
}

ScopeTree::Meaning ScopeTree::meaning_of(const Binding& binding) {
  Meaning result;
  result.scope = binding.scope;
  result.ambiguous = binding.ambiguous;
  switch (binding.target) {
    case Binding::Target::None:
    case Binding::Target::Local:
      result.resolution = Resolution::Local;
      break;
    case Binding::Target::Definition:
      result.resolution = Resolution::Definition;
      result.definition = binding.index;
      break;
    case Binding::Target::Import:
      result.resolution = Resolution::Import;
      result.import = binding.index;
      break;
  }
  return result;
}

const ScopeTree::Meaning& ScopeTree::meaning(ScopeId scope, NameId name) {
  const std::uint64_t at = key(scope, name);
  if (const std::uint32_t* const found = cache_.find(at)) return meanings_[*found];
  cache_[at] = static_cast<std::uint32_t>(meanings_.size());
  meanings_.push_back(look_up(scope, name));
  return meanings_.back();
}

ScopeTree::Meaning ScopeTree::look_up(ScopeId start, NameId name) const {
  const auto in_module = [&]() -> const Binding* {
    const Binding* const found = find(kModuleScope, name);
    const bool known =
        found != nullptr && (found->is_bound || found->target != Binding::Target::None);
    return known ? found : nullptr;
  };
  const Binding* binding = nullptr;
  ScopeId scope = start;
  for (; scope != kModuleScope; scope = scopes_[scope].parent) {
    const Scope& at = scopes_[scope];
    if (at.kind == ScopeKind::Class && scope != start) {
      if (name == class_cell_) {
        Meaning result;
        result.resolution = Resolution::Definition;
        result.definition = at.definition;
        result.scope = scope;
        return result;
      }
      continue;
    }
    const Binding* const found = find(scope, name);
    if (found == nullptr || found->is_nonlocal) continue;
    if (found->is_global) break;
    if (found->is_bound) {
      binding = found;
      break;
    }
  }
  if (binding == nullptr) binding = in_module();
  if (binding != nullptr) return meaning_of(*binding);
  Meaning result;
  // What a star import brings goes before builtins.
  result.resolution = has_star_import_                     ? Resolution::GlobalStar
                      : is_builtin_name(names_.text(name)) ? Resolution::Builtin
                                                           : Resolution::Unresolved;
  return result;
}

}  // namespace alluvium::code
