// How `FactWalk` finds code that only type checkers see.

#include "code/extract/fact_walk.h"

namespace alluvium::code {

void FactWalk::visit_if(NodeIndex node, bool has_else) {
  const int kind = type_checking_condition(tree_.child(node, SyntaxField::condition));
  if (kind > 0) mark(tree_.child(node, SyntaxField::consequence), Role::TypeCheckingBlock);
  if (kind < 0 && has_else) {
    const NodeIndex alternative = tree_.child(node, SyntaxField::alternative);
    if (alternative != kNoNode && tree_[alternative].kind == SyntaxKind::else_clause) {
      mark(alternative, Role::TypeCheckingBlock);
    }
  }
}

/// Returns 1 for `TYPE_CHECKING` and `x.TYPE_CHECKING`, -1 for their negation, else 0.
int FactWalk::type_checking_condition(NodeIndex condition) const {
  condition = tree_.without_parentheses(condition);
  if (condition == kNoNode) return 0;
  int sign = 1;
  if (tree_.text(condition).starts_with("not")) {
    const NodeIndex argument = tree_.first_named(condition);
    if (argument != kNoNode && tree_[condition].kind == SyntaxKind::other) {
      condition = tree_.without_parentheses(argument);
      sign = -1;
      if (condition == kNoNode) return 0;
    }
  }
  if (tree_[condition].kind == SyntaxKind::attribute) {
    condition = tree_.child(condition, SyntaxField::attribute);
  }
  if (condition == kNoNode || tree_[condition].kind != SyntaxKind::identifier) return 0;
  return tree_.text(condition) == "TYPE_CHECKING" ? sign : 0;
}

}  // namespace alluvium::code
