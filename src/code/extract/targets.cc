// What `FactWalk` does where names are bound: at assignments and patterns.

#include <utility>

#include "code/extract/fact_walk.h"

namespace alluvium::code {

void FactWalk::visit_assignment(NodeIndex node) {
  const NodeIndex left = tree_.child(node, SyntaxField::left);
  mark(left, Role::Store);
  if (tree_[node].kind == SyntaxKind::assignment) note_assigned(node);
  if (!mentions_dunder_all_ || state_.scope != kModuleScope || left == kNoNode ||
      tree_.text(left) != kDunderAll) {
    return;
  }
  NodeIndex right = tree_.child(node, SyntaxField::right);
  while (right != kNoNode && tree_[right].kind == SyntaxKind::assignment) {
    right = tree_.child(right, SyntaxField::right);
  }
  if (right == kNoNode) return;
  if (tree_[node].kind == SyntaxKind::assignment) {
    dunder_all_.assign(right, state_.conditional > 0);
  } else {
    dunder_all_.extend(right);
  }
}

void FactWalk::note_assigned(NodeIndex assignment) {
  const NodeIndex left = tree_.child(assignment, SyntaxField::left);
  const NodeIndex type = tree_.child(assignment, SyntaxField::type);
  NodeIndex right = tree_.child(assignment, SyntaxField::right);
  while (right != kNoNode && tree_[right].kind == SyntaxKind::assignment) {
    right = tree_.child(right, SyntaxField::right);
  }
  if (type != kNoNode && tree_.text(type).ends_with("TypeAlias")) {
    values_.assign_type(left, state_.scope, right);
    return;
  }
  values_.note_made_name(left, right, state_.scope);
  const ValueShapes::Shape annotated = values_.annotated(type, state_.scope);
  if (annotated != ValueShapes::kNone) {
    values_.assign(left, state_.scope, annotated);
    return;
  }
  values_.assign_parts(left, state_.scope, right);
}

void FactWalk::visit_named_expression(NodeIndex node) {
  const NodeIndex name = tree_.child(node, SyntaxField::name);
  if (tree_.parent_kind(node) != SyntaxKind::interpolation) {
    mark(name, Role::StoreOutside);
    values_.assign(name, scopes_.outside_comprehensions(state_.scope),
                   values_.of(tree_.child(node, SyntaxField::value), state_.scope));
    return;
  }
  // f"{x:=5}" formats x by `=5`.
  const NodeIndex format = tree_.child(node, SyntaxField::value);
  if (format != kNoNode && !tree_.text(format).starts_with('{')) mark(format, Role::SkipBelow);
}

void FactWalk::visit_as_pattern(NodeIndex node) {
  const NodeIndex target = tree_.child(node, SyntaxField::alias);
  if (target == kNoNode) {  // `case pattern as name`
    mark(last_identifier(node), Role::Bind);
    return;
  }
  const bool in_except = tree_.parent_kind(node) == SyntaxKind::except_clause;
  mark(target, in_except ? Role::Bind : Role::Store);
  const NodeIndex value = tree_.first_named(node);
  if (value == kNoNode) return;
  values_.assign(target, state_.scope,
                 in_except ? values_.annotated(value, state_.scope)
                           : values_.entered(values_.of(value, state_.scope)));
}

/// A dotted name in a `case`: a capture, a value or a class.
void FactWalk::visit_dotted_pattern(NodeIndex node) {
  int count = 0;
  for (NodeIndex child : tree_.children(node)) {
    if (tree_[child].kind != SyntaxKind::identifier) continue;
    if (count++ > 0) mark(child, Role::AttributeLoad);
  }
  if (count == 1 && tree_.parent_kind(node) != SyntaxKind::class_pattern) {
    mark_children(node, Role::Bind);
  }
}

/// What is done with the name of the target `node`. `x: int` binds it and `(x): int` doesn't.
SymbolUses FactWalk::uses_of_target(NodeIndex node) const {
  NodeIndex target = node;
  // To the grammar, a target in parentheses is a tuple.
  while (tree_.parent_kind(target) == SyntaxKind::tuple_pattern ||
         tree_.parent_kind(target) == SyntaxKind::parenthesized_expression) {
    target = tree_[target].parent;
  }
  if (tree_.parent_kind(target) != SyntaxKind::assignment) return symbol_use::kAssigned;
  const NodeIndex assignment = tree_[target].parent;
  if (tree_.child(assignment, SyntaxField::type) == kNoNode) return symbol_use::kAssigned;
  if (target == node) return symbol_use::kAssigned | symbol_use::kAnnotated;
  const bool has_value = tree_.child(assignment, SyntaxField::right) != kNoNode;
  return has_value ? symbol_use::kAssigned : SymbolUses{0};
}

/// From the name `node` to the end of the assignment that it is a target of, if it is one.
ByteRange FactWalk::range_of_variable(NodeIndex node) const {
  NodeIndex target = node;
  NodeIndex around = tree_[target].parent;
  while (tree_[around].kind == SyntaxKind::pattern_list ||
         tree_[around].kind == SyntaxKind::tuple_pattern ||
         tree_[around].kind == SyntaxKind::list_pattern) {
    target = around;
    around = tree_[target].parent;
  }
  const bool is_target = tree_[around].kind == SyntaxKind::assignment &&
                         tree_.child(around, SyntaxField::left) == target;
  return extraction_.source.stored_range(tree_[node].begin, tree_[is_target ? around : node].end);
}

void FactWalk::bind_variable(NodeIndex node, ScopeId scope, NameId name) {
  Binding* const binding = scopes_.bind_variable(scope, name);
  if (binding == nullptr) return;
  if (binding->variable_index == kNoFact) {
    DefinitionFact fact;
    fact.kind = DefinitionKind::Variable;
    fact.name = names_.text(name);
    const std::string_view prefix = scopes_[scope].qualname_prefix;
    fact.qualname = prefix.empty() ? fact.name : facts_.storage.concat({prefix, fact.name});
    fact.parent = scopes_[scope].definition;
    fact.name_range = extraction_.range(node);
    fact.range = range_of_variable(node);
    fact.line = line_ + 1;
    fact.column = tree_[node].begin - extraction_.source.line_starts()[line_];
    const NodeIndex parent = tree_[node].parent;
    if (tree_[parent].kind == SyntaxKind::assignment) {
      const NodeIndex type = tree_.child(parent, SyntaxField::type);
      if (type != kNoNode) fact.signature = annotation(type);
    }
    binding->variable_index = add_definition(std::move(fact));
  }
  ScopeTree::bind_variable_row(*binding, state_.conditional > 0);
}

void FactWalk::visit_dunder_all_call(NodeIndex node) {
  const NodeIndex call = tree_.first_named(node);
  if (call == kNoNode || tree_[call].kind != SyntaxKind::call) return;
  const NodeIndex function = tree_.child(call, SyntaxField::function);
  if (function == kNoNode || tree_[function].kind != SyntaxKind::attribute) return;
  const NodeIndex object = tree_.child(function, SyntaxField::object);
  const NodeIndex method = tree_.child(function, SyntaxField::attribute);
  if (object == kNoNode || method == kNoNode || tree_.text(object) != kDunderAll) return;
  dunder_all_.call(tree_.text(method), tree_.child(call, SyntaxField::arguments));
}

}  // namespace alluvium::code
