// What `FactWalk` does at annotations and other places that the grammar gives to types.

#include "code/extract/fact_walk.h"
#include "code/extract/string_literal.h"

namespace alluvium::code {
namespace {

constexpr std::size_t kLongestType = 200;
constexpr std::size_t kLongestTarget = 200;

/// `target` without parentheses: to the grammar, a target in them is a tuple.
NodeIndex target_without_parentheses(const SyntaxTree& tree, NodeIndex target) {
  while (target != kNoNode && (tree[target].kind == SyntaxKind::tuple_pattern ||
                               tree[target].kind == SyntaxKind::parenthesized_expression)) {
    target = tree.first_named(target);
  }
  return target;
}

}  // namespace

/// A type whose owner comes before it in the file: annotations of variables, values of aliases.
/// Those of parameters and functions are added with their definitions.
void FactWalk::visit_type(NodeIndex node) {
  const SyntaxKind parent = tree_.parent_kind(node);
  if (parent == SyntaxKind::type_alias_statement) {
    // Its right side alone has a scope of its own.
    if (marks_[node].enter == kNoScope) return;
    const Scope& alias = scopes_[state_.scope];
    ScopeId outer = alias.parent;
    while (scopes_[outer].kind == ScopeKind::TypeParameters) outer = scopes_[outer].parent;
    add_type_of_variable(node, TypeRole::Alias, outer, alias.name);
    return;
  }
  if (parent != SyntaxKind::assignment || tree_[node].field != SyntaxField::type) return;
  const NodeIndex target =
      target_without_parentheses(tree_, tree_.child(tree_[node].parent, SyntaxField::left));
  if (target == kNoNode) return;
  switch (tree_[target].kind) {
    case SyntaxKind::identifier:
      add_type_of_variable(node, TypeRole::Variable, state_.scope, name_of(target));
      break;
    case SyntaxKind::attribute:
    case SyntaxKind::subscript:
      add_type_expr(node,
                    tree_[target].kind == SyntaxKind::attribute ? TypeRole::Attribute
                                                                : TypeRole::Subscription,
                    tokens_text(tree_, target, tree_[target].after, Spacing::One, kLongestTarget,
                                facts_.storage),
                    kNoFact);
      break;
    default:
      break;  // Several targets can't have a type.
  }
}

/// Adds what the node `type`, which may be none, says of `definition`.
void FactWalk::add_type_expr(NodeIndex type, TypeRole role, std::string_view target,
                             FactIndex definition) {
  if (type == kNoNode) return;
  const NodeIndex expression = tree_.without_parentheses(tree_.first_named(type));
  if (expression == kNoNode || tree_[expression].missing) return;
  facts_.type_exprs.push_back(
      {.role = role,
       .target = target,
       .text = tokens_text(tree_, expression, tree_[expression].after, Spacing::One, kLongestType,
                           facts_.storage),
       .range = extraction_.range(expression),
       .line = line_at(tree_[expression].begin),
       .definition = definition,
       .enclosing = this->definition(),
       .is_string = string_value(tree_, expression, facts_.storage).has_value()});
}

void FactWalk::add_type_of_variable(NodeIndex type, TypeRole role, ScopeId scope, NameId name) {
  const std::size_t before = facts_.type_exprs.size();
  add_type_expr(type, role, names_.text(name), kNoFact);
  if (facts_.type_exprs.size() > before) types_of_variables_.push_back({before, scope, name});
}

void FactWalk::finish_type_exprs() {
  for (const TypeOfVariable& type : types_of_variables_) {
    const Binding* const binding = scopes_.find(type.scope, type.name);
    if (binding != nullptr) facts_.type_exprs[type.type_expr].definition = binding->variable_index;
  }
  FlatMap<std::int64_t> ordinals;
  for (TypeExprFact& fact : facts_.type_exprs) {
    const std::uint64_t owner = static_cast<std::uint32_t>(fact.owner() + 1);
    fact.ordinal = ordinals[(owner << 36) | (std::uint64_t{names_.intern(fact.target)} << 4) |
                            static_cast<std::uint64_t>(fact.role)]++;
  }
}

}  // namespace alluvium::code
