// What `FactWalk` does at the parameters of functions and lambdas.

#include <utility>

#include "code/extract/fact_walk.h"

namespace alluvium::code {

/// Tells the parameters that they are. Returns the first's name, if it takes the first argument.
std::optional<NameId> FactWalk::mark_parameters(NodeIndex parameters, ScopeId scope) {
  std::optional<NameId> first_name;
  if (parameters == kNoNode) return first_name;
  bool first = true;
  for (NodeIndex child : tree_.children(parameters)) {
    if (!tree_[child].named || tree_.is_extra(child)) continue;
    NodeIndex name = child;
    bool positional = true;
    while (name != kNoNode && tree_[name].kind != SyntaxKind::identifier) {
      switch (tree_[name].kind) {
        case SyntaxKind::list_splat_pattern:
        case SyntaxKind::dictionary_splat_pattern:
          positional = false;
          [[fallthrough]];
        case SyntaxKind::typed_parameter:
        case SyntaxKind::default_parameter:
        case SyntaxKind::typed_default_parameter:
          name = tree_.first_named(name);
          break;
        default:
          name = kNoNode;  // a separator, or Python 2's tuple
          break;
      }
    }
    if (name != kNoNode) {
      marks_[name].role = Role::Parameter;
      marks_[name].link = scope;
      if (first && positional) first_name = name_of(name);
    } else {
      mark(child, Role::Bind);
    }
    first = false;
  }
  return first_name;
}

void FactWalk::add_parameter(NodeIndex node) {
  const ScopeId scope = marks_[node].link;
  const NameId name = name_of(node);
  NodeIndex whole = tree_[node].parent;
  if (tree_[whole].kind == SyntaxKind::list_splat_pattern ||
      tree_[whole].kind == SyntaxKind::dictionary_splat_pattern) {
    whole = tree_[whole].parent;
  }
  NodeIndex type = kNoNode;
  if (tree_[whole].kind == SyntaxKind::typed_parameter ||
      tree_[whole].kind == SyntaxKind::typed_default_parameter) {
    type = tree_.child(whole, SyntaxField::type);
  }
  DefinitionFact fact;
  fact.kind = DefinitionKind::Parameter;
  fact.name = names_.text(name);
  fact.qualname = facts_.storage.concat({scopes_[scope].qualname_prefix, fact.name});
  fact.parent = scopes_[scope].definition;
  fact.name_range = extraction_.range(node);
  fact.range = fact.name_range;
  if (type != kNoNode) {
    fact.range.end = extraction_.range(type).end;
    fact.signature = annotation(type);
  }
  fact.line = line_ + 1;
  fact.column = tree_[node].begin - extraction_.source.line_starts()[line_];
  const FactIndex index = add_definition(std::move(fact));
  scopes_.bind_definition(scope, name, index);
  add_type_expr(type, TypeRole::Parameter, names_.text(name), index);
  extraction_.symbols.add(scope, name, symbol_use::kParameter);
  if (tree_[tree_[node].parent].kind == SyntaxKind::list_splat_pattern ||
      tree_[tree_[node].parent].kind == SyntaxKind::dictionary_splat_pattern) {
    return;
  }
  values_.add_annotation(index, values_.annotated(type, state_.scope));
  values_.assign_name(scope, name,
                      values_.of(tree_.child(whole, SyntaxField::value), state_.scope));
}

}  // namespace alluvium::code
