#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "code/extract/syntax_kind.h"

namespace alluvium::code {

/// A node's position in `SyntaxTree::nodes()`.
using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = 0xFFFFFFFF;

/// One node of the tree. Extents are offsets in the parsed text.
struct SyntaxNode {
  SyntaxKind kind;
  SyntaxField field;
  bool missing : 1;  ///< Inserted by error recovery; empty.
  bool named : 1;
  std::uint32_t begin;
  std::uint32_t end;  ///< Of the last token inside: comments at the end of a block are not in it.
  NodeIndex after;    ///< The first node that is neither this one nor below it.
  NodeIndex parent;
};

/// A Python syntax tree as one array in document order: a node's descendants follow it, up to
/// `after`. Nothing that walks it needs recursion.
///
/// Thread-safety: immutable after `parse`.
class SyntaxTree {
 public:
  enum class Outcome { Parsed, TimedOut };

  /// Parses valid UTF-8 `text`, which must outlive the tree. Nodes deeper than `max_depth` are left
  /// out, with everything below them.
  Outcome parse(std::string_view text, std::uint32_t max_depth, std::chrono::milliseconds timeout);
  /// Makes `text` the source: a text with the same tokens at the same offsets as that parsed.
  void set_source(std::string_view text) { source_ = text; }

  [[nodiscard]] const std::vector<SyntaxNode>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const SyntaxNode& operator[](NodeIndex node) const { return nodes_[node]; }
  [[nodiscard]] std::string_view source() const noexcept { return source_; }
  [[nodiscard]] std::string_view text(NodeIndex node) const {
    return text(nodes_[node].begin, nodes_[node].end);
  }
  [[nodiscard]] std::string_view text(std::uint32_t begin, std::uint32_t end) const {
    return source_.substr(begin, end - begin);
  }
  /// Error and missing nodes, in document order.
  [[nodiscard]] const std::vector<NodeIndex>& errors() const noexcept { return errors_; }
  /// The first node that was too deep to look into, or none.
  [[nodiscard]] NodeIndex too_deep() const noexcept { return too_deep_; }

  /// The children of a node, comments included.
  class ChildRange;
  [[nodiscard]] ChildRange children(NodeIndex node) const;
  /// The first child with `field`, or none. `node` may be none.
  [[nodiscard]] NodeIndex child(NodeIndex node, SyntaxField field) const;
  /// The first named child that is no comment, or none.
  [[nodiscard]] NodeIndex first_named(NodeIndex node) const;
  /// `node` without the parentheses around it.
  [[nodiscard]] NodeIndex without_parentheses(NodeIndex node) const;
  [[nodiscard]] bool is_extra(NodeIndex node) const {
    return nodes_[node].kind == SyntaxKind::comment ||
           nodes_[node].kind == SyntaxKind::line_continuation;
  }
  [[nodiscard]] SyntaxKind parent_kind(NodeIndex node) const {
    const NodeIndex parent = nodes_[node].parent;
    return parent == kNoNode ? SyntaxKind::other : nodes_[parent].kind;
  }

 private:
  std::string_view source_;
  std::vector<SyntaxNode> nodes_;
  std::vector<NodeIndex> errors_;
  NodeIndex too_deep_ = kNoNode;
};

class SyntaxTree::ChildRange {
 public:
  class Iterator {
   public:
    Iterator(const SyntaxNode* nodes, NodeIndex at) : nodes_(nodes), at_(at) {}
    NodeIndex operator*() const { return at_; }
    Iterator& operator++() {
      at_ = nodes_[at_].after;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const SyntaxNode* nodes_;
    NodeIndex at_;
  };

  ChildRange(const SyntaxNode* nodes, NodeIndex node) : nodes_(nodes), node_(node) {}
  [[nodiscard]] Iterator begin() const { return {nodes_, node_ + 1}; }
  [[nodiscard]] Iterator end() const { return {nodes_, nodes_[node_].after}; }

 private:
  const SyntaxNode* nodes_;
  NodeIndex node_;
};

inline SyntaxTree::ChildRange SyntaxTree::children(NodeIndex node) const {
  return {nodes_.data(), node};
}

}  // namespace alluvium::code
