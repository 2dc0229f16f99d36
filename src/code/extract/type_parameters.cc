// What `FactWalk` does at `type` statements and type parameters.

#include "code/extract/fact_walk.h"

namespace alluvium::code {
namespace {

/// The name that the parameter `node` has, or none.
NodeIndex parameter_name(const SyntaxTree& tree, NodeIndex node) {
  while (node != kNoNode && tree[node].kind != SyntaxKind::identifier) {
    node = tree.first_named(node);
  }
  return node;
}

}  // namespace

void FactWalk::visit_type_alias(NodeIndex node) {
  const NodeIndex left = tree_.child(node, SyntaxField::left);
  if (left == kNoNode) return;
  mark(left, Role::Store);
  if (tree_.source()[tree_[left].begin] == '(') {
    // `type(x).y = z` is no alias though the grammar takes it for one.
    NodeIndex arguments = left;
    while (arguments != kNoNode && tree_[arguments].kind != SyntaxKind::parenthesized_expression &&
           tree_[arguments].kind != SyntaxKind::tuple) {
      arguments = tree_.first_named(arguments);
    }
    if (arguments != kNoNode) add_type_call(node, arguments);
    return;
  }
  const NodeIndex target = parameter_name(tree_, left);
  if (target == kNoNode) return;
  const NameId name = name_of(target);
  ScopeId outer = state_.scope;
  const NodeIndex generic = tree_.first_named(left);
  if (tree_[generic].kind == SyntaxKind::generic_type) {
    for (NodeIndex child : tree_.children(generic)) {
      if (tree_[child].kind == SyntaxKind::type_parameter) {
        outer = enter_type_parameters(child, node, name, kNoFact);
      }
    }
  }
  enter(tree_.child(node, SyntaxField::right),
        add_scope({.kind = ScopeKind::TypeAlias,
                   .parent = outer,
                   .name = name,
                   .node = node,
                   .definition = definition(),
                   .qualname_prefix = scopes_[outer].qualname_prefix}));
}

/// Adds the call at the start of `type(x).y = z`, and its callee.
void FactWalk::add_type_call(NodeIndex statement, NodeIndex arguments) {
  const NodeIndex keyword = statement + 1;
  add_call(tree_[statement].begin, tree_[arguments].end, tree_.text(keyword), arguments);
  marks_[keyword].link = static_cast<std::uint32_t>(facts_.calls.size());
  add_load(keyword);
}

/// Makes the scope of `[T, *Ts, **P]`, which holds their names, for the statement `owner`.
/// `definition` is the statement's, if it is a class's or function's.
ScopeId FactWalk::enter_type_parameters(NodeIndex parameters, NodeIndex owner, NameId name,
                                        FactIndex definition) {
  const Scope& outer = scopes_[state_.scope];
  const ScopeId scope = add_scope({.kind = ScopeKind::TypeParameters,
                                   .parent = state_.scope,
                                   .name = name,
                                   .node = owner,
                                   .of_class = tree_[owner].kind == SyntaxKind::class_definition,
                                   .definition = outer.definition,
                                   .qualname_prefix = outer.qualname_prefix});
  enter(parameters, scope);
  for (NodeIndex child : tree_.children(parameters)) {
    if (!tree_[child].named || tree_.is_extra(child)) continue;
    const NodeIndex parameter = parameter_name(tree_, child);
    if (parameter == kNoNode) continue;
    mark(parameter, Role::TypeParameter);
    const NameId parameter_id = name_of(parameter);
    const NodeIndex bound = enter_bound(child, parameter_id, scope);
    add_type_expr(bound, TypeRole::Bound, names_.text(parameter_id), definition);
    if (bound != kNoNode && definition == kNoFact) {
      types_of_variables_.push_back({facts_.type_exprs.size() - 1, state_.scope, name});
    }
  }
  return scope;
}

/// Makes the scope of the bound of the type parameter `T: bound`, if it has one.
NodeIndex FactWalk::enter_bound(NodeIndex parameter, NameId name, ScopeId scope) {
  const NodeIndex constrained = tree_.first_named(parameter);
  if (constrained == kNoNode || tree_[constrained].kind != SyntaxKind::constrained_type) {
    return kNoNode;
  }
  NodeIndex bound = kNoNode;
  for (NodeIndex part : tree_.children(constrained)) {
    if (tree_[part].kind == SyntaxKind::type) bound = part;
  }
  if (bound == kNoNode) return kNoNode;
  const NodeIndex expression = tree_.without_parentheses(tree_.first_named(bound));
  if (expression == kNoNode) return kNoNode;
  enter(bound, add_scope({.kind = ScopeKind::TypeVariable,
                          .parent = scope,
                          .name = name,
                          .node = expression,
                          .definition = scopes_[scope].definition,
                          .qualname_prefix = scopes_[scope].qualname_prefix}));
  return bound;
}

/// The defaults of a generic function are evaluated outside of its type parameters, and passed.
void FactWalk::enter_defaults(NodeIndex parameters, ScopeId type_parameters) {
  extraction_.symbols.add_defaults(type_parameters, false);
  if (parameters == kNoNode) return;
  bool keyword_only = false;
  for (NodeIndex child : tree_.children(parameters)) {
    const SyntaxKind kind = tree_[child].kind;
    if (kind == SyntaxKind::keyword_separator || kind == SyntaxKind::list_splat_pattern ||
        (kind == SyntaxKind::typed_parameter &&
         tree_[child + 1].kind == SyntaxKind::list_splat_pattern)) {
      keyword_only = true;
    }
    const NodeIndex value = tree_.child(child, SyntaxField::value);
    if (value == kNoNode) continue;
    enter(value, state_.scope);
    if (keyword_only) extraction_.symbols.add_defaults(type_parameters, true);
  }
}

}  // namespace alluvium::code
