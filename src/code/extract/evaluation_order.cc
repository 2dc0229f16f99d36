#include "code/extract/evaluation_order.h"

namespace alluvium::code {
namespace {

/// The child of `ancestor` that `node` is or is in.
NodeIndex child_towards(const SyntaxTree& tree, NodeIndex ancestor, NodeIndex node) {
  while (tree[node].parent != ancestor) node = tree[node].parent;
  return node;
}

/// Whether `node` is in the default of a parameter of the function at or below `top`.
bool is_in_default(const SyntaxTree& tree, NodeIndex top, NodeIndex node) {
  bool result = false;
  for (; node != top; node = tree[node].parent) {
    const SyntaxKind parent = tree.parent_kind(node);
    if (parent == SyntaxKind::default_parameter || parent == SyntaxKind::typed_default_parameter) {
      result = tree[node].field == SyntaxField::value;
    } else if (tree[node].kind == SyntaxKind::lambda) {
      result = false;
    }
  }
  return result;
}

/// Of what is in the same `ancestor`, lower phases are compiled first.
int phase(const SyntaxTree& tree, NodeIndex ancestor, NodeIndex node) {
  const NodeIndex child = child_towards(tree, ancestor, node);
  switch (tree[ancestor].kind) {
    case SyntaxKind::conditional_expression: {
      // The condition stands in the middle.
      const NodeIndex before = tree.first_named(ancestor);
      return child != before && tree[child].after != tree[ancestor].after ? 0 : 1;
    }
    case SyntaxKind::list_comprehension:
    case SyntaxKind::set_comprehension:
    case SyntaxKind::dictionary_comprehension:
    case SyntaxKind::generator_expression:
      return tree[child].field == SyntaxField::body ? 1 : 0;
    case SyntaxKind::pair:
      return tree.parent_kind(ancestor) == SyntaxKind::dictionary_comprehension &&
                     tree[child].field != SyntaxField::value
                 ? 1
                 : 0;
    case SyntaxKind::dictionary:
      // All keys, then all values.
      return tree[child].kind == SyntaxKind::pair &&
                     tree[child_towards(tree, child, node)].field != SyntaxField::value
                 ? 0
                 : 1;
    case SyntaxKind::argument_list:
      return tree[child].kind == SyntaxKind::keyword_argument ||
                     tree[child].kind == SyntaxKind::dictionary_splat
                 ? 1
                 : 0;
    case SyntaxKind::decorated_definition:
      if (tree[child].kind == SyntaxKind::decorator) return 1;
      return is_in_default(tree, ancestor, node) ? 0 : 2;
    case SyntaxKind::function_definition:
    case SyntaxKind::parameters:
    case SyntaxKind::typed_default_parameter:
      return is_in_default(tree, ancestor, node) ? 0 : 2;
    default:
      return 0;
  }
}

}  // namespace

bool is_compiled_before(const SyntaxTree& tree, NodeIndex a, NodeIndex b) {
  if (a > b) return !is_compiled_before(tree, b, a);
  // What is in another comprehension and not of its scope is the iterable it starts with.
  if (b < tree[a].after) return false;
  NodeIndex common = tree[a].parent;
  while (tree[common].after <= b) common = tree[common].parent;
  return phase(tree, common, a) <= phase(tree, common, b);
}

}  // namespace alluvium::code
