// What `FactWalk` does at the arguments of calls.

#include "code/extract/fact_walk.h"
#include "code/extract/identifier_name.h"

namespace alluvium::code {
namespace {

constexpr std::size_t kLongestArgument = 100;

ArgumentKind kind_of(const SyntaxTree& tree, NodeIndex argument) {
  if (tree[argument].kind == SyntaxKind::keyword_argument) return ArgumentKind::Keyword;
  const std::string_view text = tree.text(argument);
  if (text.starts_with("**")) return ArgumentKind::DoubleStar;
  return text.starts_with('*') ? ArgumentKind::Star : ArgumentKind::Positional;
}

}  // namespace

void FactWalk::add_arguments(NodeIndex arguments) {
  if (tree_[arguments].kind == SyntaxKind::generator_expression) return add_argument(arguments);
  for (NodeIndex argument : tree_.children(arguments)) {
    if (tree_[argument].named && !tree_.is_extra(argument)) add_argument(argument);
  }
}

void FactWalk::add_argument(NodeIndex argument) {
  ArgumentFact fact;
  fact.kind = kind_of(tree_, argument);
  NodeIndex value = argument;
  switch (tree_[argument].kind) {
    case SyntaxKind::keyword_argument:
      if (const NodeIndex name = tree_.child(argument, SyntaxField::name); name != kNoNode) {
        fact.keyword = identifier_name(tree_.text(name), facts_.storage);
      }
      value = tree_.child(argument, SyntaxField::value);
      break;
    case SyntaxKind::list_splat:
    case SyntaxKind::dictionary_splat:
      value = tree_.first_named(argument);
      break;
    default:
      break;
  }
  value = tree_.without_parentheses(value);
  if (value == kNoNode) value = argument;  // Code with errors.
  // In `f(*a or b)` the grammar has the star inside of the value.
  const NodeIndex first = without_stars(value);
  fact.text =
      tokens_text(tree_, first, tree_[value].after, Spacing::One, kLongestArgument, facts_.storage);
  fact.range = extraction_.source.stored_range(tree_[first].begin, tree_[value].end);
  facts_.arguments.push_back(fact);
}

NodeIndex FactWalk::without_stars(NodeIndex node) const {
  if (tree_.source()[tree_[node].begin] != '*') return node;
  for (NodeIndex inner = node + 1; inner < tree_[node].after; ++inner) {
    if (tree_[inner].after != inner + 1 || tree_.is_extra(inner)) continue;
    const std::string_view token = tree_.text(inner);
    if (token != "*" && token != "**") return inner;
  }
  return node;
}

}  // namespace alluvium::code
