#include "code/extract/node_text.h"

#include <algorithm>

#include <xxhash.h>

namespace alluvium::code {
namespace {

bool is_leaf(const SyntaxTree& tree, NodeIndex node) {
  return tree[node].after == node + 1 || tree[node].kind == SyntaxKind::string ||
         tree[node].kind == SyntaxKind::identifier;
}

bool opens(char c) { return c == '(' || c == '[' || c == '{'; }
bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

/// Whether `text` can stand as it is.
bool is_tidy(std::string_view text, Spacing spacing) {
  bool after_space = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '#' || c == '\\' || c == '\n' || c == '\t' || c == '\f' || c == '\r') return false;
    if (c == ' ') {
      if (spacing == Spacing::None || after_space) return false;
      after_space = true;
      if (i + 1 < text.size() && closes(text[i + 1])) return false;
      continue;
    }
    after_space = opens(c);
  }
  return true;
}

}  // namespace

std::string_view tokens_text(const SyntaxTree& tree, NodeIndex begin, NodeIndex end,
                             Spacing spacing, std::size_t limit, TextArena& storage) {
  if (begin >= end) return {};
  // The last token in the range ends it.
  std::uint32_t text_end = tree[begin].end;
  for (NodeIndex node = begin; node < end; node = tree[node].after) {
    if (!tree.is_extra(node)) text_end = std::max(text_end, tree[node].end);
  }
  const std::string_view whole = tree.text(tree[begin].begin, text_end);
  if (whole.size() <= limit && is_tidy(whole, spacing)) return whole;

  std::string out;
  std::uint32_t previous_end = tree[begin].begin;
  for (NodeIndex node = begin; node < end && out.size() < limit;) {
    if (!is_leaf(tree, node)) {
      ++node;
      continue;
    }
    const SyntaxNode& leaf = tree[node];
    node = leaf.after;
    if (tree.is_extra(static_cast<NodeIndex>(&leaf - tree.nodes().data())) ||
        leaf.begin == leaf.end) {
      continue;
    }
    const std::string_view token = tree.text(leaf.begin, leaf.end);
    if (leaf.begin > previous_end && !out.empty() && spacing == Spacing::One &&
        !opens(out.back()) && !closes(token.front())) {
      out.push_back(' ');
    }
    out.append(token.substr(0, limit + 4 - std::min(out.size(), limit)));
    previous_end = leaf.end;
  }
  if (out.size() > limit) {
    std::size_t cut = limit;
    while (cut > 0 && (static_cast<unsigned char>(out[cut]) & 0xC0) == 0x80) --cut;
    out.resize(cut);
  }
  return storage.copy(out);
}

TokenStream::TokenStream(const SyntaxTree& tree) {
  constexpr char kTokenEnd = '\x1F';
  constexpr char kStatement = '\x1E';
  constexpr char kBlockBegin = '\x1C';
  constexpr char kBlockEnd = '\x1D';
  tokens_.reserve(tree.source().size() + tree.source().size() / 2);
  std::vector<std::size_t> open;  // marks_ of blocks that are not closed
  const std::vector<SyntaxNode>& nodes = tree.nodes();
  const auto close_until = [&](NodeIndex node) {
    while (!open.empty() && nodes[marks_[open.back()].node].after <= node) {
      marks_[open.back()].end = static_cast<std::uint32_t>(tokens_.size());
      tokens_.push_back(kBlockEnd);
      open.pop_back();
    }
  };
  for (NodeIndex node = 0; node < nodes.size();) {
    close_until(node);
    const SyntaxNode& current = nodes[node];
    if (tree.is_extra(node)) {
      node = current.after;
      continue;
    }
    if (current.kind == SyntaxKind::block) {
      tokens_.push_back(kBlockBegin);
      open.push_back(marks_.size());
      marks_.push_back({node, static_cast<std::uint32_t>(tokens_.size()), 0});
    }
    const SyntaxKind parent = tree.parent_kind(node);
    if (parent == SyntaxKind::block || parent == SyntaxKind::module) {
      // A semicolon separates statements as a line's end does.
      if (current.kind == SyntaxKind::token) {
        node = current.after;
        continue;
      }
      tokens_.push_back(kStatement);
    }
    if (!is_leaf(tree, node)) {
      ++node;
      continue;
    }
    tokens_.append(tree.text(current.begin, current.end));
    tokens_.push_back(kTokenEnd);
    node = current.after;
  }
  close_until(static_cast<NodeIndex>(nodes.size()));
}

std::uint64_t TokenStream::hash(const SyntaxTree& tree, NodeIndex node) const {
  const auto mark =
      std::lower_bound(marks_.begin(), marks_.end(), node,
                       [](const Mark& entry, NodeIndex value) { return entry.node < value; });
  if (mark == marks_.end() || mark->node != node) {
    const std::string_view text = tree.text(node);
    return XXH3_64bits(text.data(), text.size());
  }
  return XXH3_64bits(tokens_.data() + mark->begin, mark->end - mark->begin);
}

}  // namespace alluvium::code
