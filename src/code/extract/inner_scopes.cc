// What `FactWalk` does at lambdas and comprehensions: code with names of its own that is no
// definition.

#include "code/extract/fact_walk.h"

namespace alluvium::code {

void FactWalk::visit_lambda(NodeIndex node) {
  const Scope& outer = scopes_[state_.scope];
  Scope scope{.kind = ScopeKind::Function,
              .parent = state_.scope,
              .name = names_.intern("lambda"),
              .node = node,
              .definition = outer.definition,
              .qualname_prefix = outer.qualname_prefix};
  if (scope.qualname_prefix.size() <= kLongestQualname) {
    scope.qualname_prefix = facts_.storage.concat({outer.qualname_prefix, "<lambda>.<locals>."});
  }
  const ScopeId inner = add_scope(scope);
  mark_parameters(tree_.child(node, SyntaxField::parameters), inner);
  enter(tree_.child(node, SyntaxField::body), inner);
}

void FactWalk::visit_comprehension(NodeIndex node) {
  const Scope& outer = scopes_[state_.scope];
  const SyntaxKind kind = tree_[node].kind;
  const bool is_generator = kind == SyntaxKind::generator_expression;
  const std::string_view name = is_generator                             ? "genexpr"
                                : kind == SyntaxKind::list_comprehension ? "listcomp"
                                : kind == SyntaxKind::set_comprehension  ? "setcomp"
                                                                         : "dictcomp";
  const ScopeId inner =
      add_scope({.kind = is_generator ? ScopeKind::Generator : ScopeKind::Comprehension,
                 .parent = state_.scope,
                 .name = names_.intern(name),
                 .node = node,
                 .definition = outer.definition,
                 .qualname_prefix = outer.qualname_prefix});
  // The first iterable is evaluated outside.
  for (NodeIndex child : tree_.children(node)) {
    if (tree_[child].kind != SyntaxKind::for_in_clause) continue;
    for (NodeIndex part : tree_.children(child)) {
      if (tree_[part].field == SyntaxField::right) enter(part, state_.scope);
    }
    break;
  }
  push(tree_[node].after);
  state_.scope = inner;
}

/// Adds a scope in which what follows may be, and says where it begins.
ScopeId FactWalk::add_scope(Scope scope) {
  scope.line = line_at(tree_[scope.node].begin);
  scope.is_unevaluated = state_.is_unevaluated;
  const ScopeId added = scopes_.add(scope);
  extraction_.symbols.open(added);
  return added;
}

}  // namespace alluvium::code
