#include "code/extract/dunder_all.h"

#include <algorithm>

#include "code/extract/node_text.h"
#include "code/extract/string_literal.h"

namespace alluvium::code {

std::vector<std::string_view>& DunderAll::names() {
  std::optional<std::vector<std::string_view>>& names = extraction_.facts.all_names;
  if (!names) names.emplace();
  return *names;
}

void DunderAll::assign(NodeIndex value, bool is_conditional) {
  if (!is_conditional) {
    names().clear();
    extraction_.facts.all_from.clear();
  }
  extend(value);
}

void DunderAll::extend(NodeIndex value) {
  names();
  add_names(value);
}

void DunderAll::call(std::string_view method, NodeIndex arguments) {
  const NodeIndex value = arguments == kNoNode ? kNoNode : extraction_.tree.first_named(arguments);
  if (value == kNoNode) return;
  if (method == "extend") {
    extend(value);
  } else if (method == "append") {
    add_name(value);
  } else if (method == "remove") {
    const auto removed = string_value(extraction_.tree, value, extraction_.facts.storage);
    if (!removed) return;
    const auto found = std::find(names().begin(), names().end(), *removed);
    if (found != names().end()) names().erase(found);
  }
}

void DunderAll::add_name(NodeIndex value) {
  const auto name = string_value(extraction_.tree, value, extraction_.facts.storage);
  if (name) names().push_back(*name);
}

void DunderAll::add_names(NodeIndex value) {
  const SyntaxTree& tree = extraction_.tree;
  std::vector<NodeIndex> pending{value};
  while (!pending.empty()) {
    const NodeIndex node = tree.without_parentheses(pending.back());
    pending.pop_back();
    if (node == kNoNode) continue;
    switch (tree[node].kind) {
      case SyntaxKind::list:
      case SyntaxKind::tuple:
      case SyntaxKind::expression_list:
        for (NodeIndex item : tree.children(node)) {
          if (!tree[item].named || tree.is_extra(item)) continue;
          if (tree[item].kind == SyntaxKind::list_splat) {
            add_names(tree.first_named(item));
          } else {
            add_name(item);
          }
        }
        break;
      case SyntaxKind::binary_operator:
        pending.push_back(tree.child(node, SyntaxField::right));
        pending.push_back(tree.child(node, SyntaxField::left));
        break;
      case SyntaxKind::call: {  // list(x), tuple(x), sorted(x)
        const NodeIndex function = tree.child(node, SyntaxField::function);
        const std::string_view name = tree.text(function);
        if (name != "list" && name != "tuple" && name != "sorted") break;
        const NodeIndex arguments = tree.child(node, SyntaxField::arguments);
        if (arguments != kNoNode) pending.push_back(tree.first_named(arguments));
        break;
      }
      case SyntaxKind::attribute: {
        const std::string_view text = tokens_text(tree, node, tree[node].after, Spacing::None, 400,
                                                  extraction_.facts.storage);
        if (text.ends_with(".__all__")) extraction_.facts.all_from.push_back(text);
        break;
      }
      default:
        break;
    }
  }
}

}  // namespace alluvium::code
