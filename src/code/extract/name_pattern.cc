#include "code/extract/name_pattern.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "code/extract/string_literal.h"

namespace alluvium::code {
namespace {

/// What a text that is made begins and ends with.
struct Ends {
  std::string_view first;
  std::string_view last;
};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool can_be_in_a_name(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c == '_' || is_letter_or_digit(c); });
}

Ends of_formatted(const SyntaxTree& tree, NodeIndex string) {
  NodeIndex begin = kNoNode;
  NodeIndex first = kNoNode;
  NodeIndex last = kNoNode;
  NodeIndex end = kNoNode;
  for (const NodeIndex part : tree.children(string)) {
    if (tree[part].kind == SyntaxKind::string_start) begin = part;
    if (tree[part].kind == SyntaxKind::string_end) end = part;
    if (tree[part].kind != SyntaxKind::interpolation) continue;
    if (first == kNoNode) first = part;
    last = part;
  }
  if (begin == kNoNode || first == kNoNode || end == kNoNode) return {};
  return {tree.text(tree[begin].end, tree[first].begin),
          tree.text(tree[last].end, tree[end].begin)};
}

Ends of_sum(const SyntaxTree& tree, NodeIndex sum, TextArena& storage) {
  NodeIndex first = sum;
  while (first != kNoNode && tree[first].kind == SyntaxKind::binary_operator) {
    first = tree.without_parentheses(tree.child(first, SyntaxField::left));
  }
  return {string_value(tree, first, storage).value_or(""),
          string_value(tree, tree.child(sum, SyntaxField::right), storage).value_or("")};
}

/// Of a text that is filled in at `%s` or `%(name)s`.
Ends around_conversions(std::string_view text) {
  const auto first = text.find('%');
  if (first == text.npos) return {};
  std::string_view rest = text.substr(text.rfind('%') + 1);
  if (rest.starts_with('(')) rest.remove_prefix(std::min(rest.find(')') + 1, rest.size()));
  // Flags, width, precision and size, then the type.
  const auto type = rest.find_first_not_of("#0- +.*123456789hlL");
  if (type == rest.npos) return {};
  return {text.substr(0, first), rest.substr(type + 1)};
}

/// Of a text that is filled in at `{}`.
Ends around_fields(std::string_view text) {
  const auto first = text.find('{');
  const auto last = text.rfind('}');
  if (first == text.npos || last == text.npos || last < first) return {};
  return {text.substr(0, first), text.substr(last + 1)};
}

std::string_view operator_of(const SyntaxTree& tree, NodeIndex expression) {
  for (const NodeIndex part : tree.children(expression)) {
    if (!tree[part].named) return tree.text(part);
  }
  return {};
}

Ends ends_of(const SyntaxTree& tree, NodeIndex node, TextArena& storage) {
  switch (tree[node].kind) {
    case SyntaxKind::string:
      return of_formatted(tree, node);
    case SyntaxKind::binary_operator: {
      const std::string_view sign = operator_of(tree, node);
      if (sign == "+") return of_sum(tree, node, storage);
      if (sign != "%") return {};
      return around_conversions(
          string_value(tree, tree.child(node, SyntaxField::left), storage).value_or(""));
    }
    case SyntaxKind::call: {
      const NodeIndex method = tree.child(node, SyntaxField::function);
      if (method == kNoNode || tree[method].kind != SyntaxKind::attribute) return {};
      const NodeIndex name = tree.child(method, SyntaxField::attribute);
      if (name == kNoNode || tree.text(name) != "format") return {};
      return around_fields(
          string_value(tree, tree.child(method, SyntaxField::object), storage).value_or(""));
    }
    default:
      return {};
  }
}

}  // namespace

std::string name_pattern(const SyntaxTree& tree, NodeIndex node, TextArena& storage) {
  node = tree.without_parentheses(node);
  if (node == kNoNode) return {};
  const auto [first, last] = ends_of(tree, node, storage);
  if (!can_be_in_a_name(first) || !can_be_in_a_name(last)) return {};
  if (std::ranges::none_of(first, is_letter_or_digit) &&
      std::ranges::none_of(last, is_letter_or_digit)) {
    return {};
  }
  std::string pattern(first);
  pattern += '*';
  pattern += last;
  return pattern;
}

bool fits_pattern(std::string_view name, std::string_view pattern) {
  const auto star = pattern.find('*');
  const std::string_view first = pattern.substr(0, star);
  const std::string_view last = pattern.substr(star + 1);
  return name.size() >= first.size() + last.size() && name.starts_with(first) &&
         name.ends_with(last);
}

}  // namespace alluvium::code
