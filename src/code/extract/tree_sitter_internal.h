#pragma once

// The only header that includes tree-sitter's; only syntax_tree.cc includes it.

#include <tree_sitter/api.h>

#include <memory>

extern "C" const TSLanguage* tree_sitter_python();

namespace alluvium::code {

struct TreeSitterDelete {
  void operator()(TSParser* parser) const { ts_parser_delete(parser); }
  void operator()(TSTree* tree) const { ts_tree_delete(tree); }
};
using TreeSitterParser = std::unique_ptr<TSParser, TreeSitterDelete>;
using TreeSitterTree = std::unique_ptr<TSTree, TreeSitterDelete>;

/// A cursor over a tree, at its root first.
class TreeSitterCursor {
 public:
  explicit TreeSitterCursor(const TSTree* tree)
      : cursor_(ts_tree_cursor_new(ts_tree_root_node(tree))) {}
  ~TreeSitterCursor() { ts_tree_cursor_delete(&cursor_); }
  TreeSitterCursor(const TreeSitterCursor&) = delete;
  TreeSitterCursor& operator=(const TreeSitterCursor&) = delete;

  [[nodiscard]] TSNode node() const { return ts_tree_cursor_current_node(&cursor_); }
  [[nodiscard]] TSFieldId field() const { return ts_tree_cursor_current_field_id(&cursor_); }
  bool to_first_child() { return ts_tree_cursor_goto_first_child(&cursor_); }
  bool to_next_sibling() { return ts_tree_cursor_goto_next_sibling(&cursor_); }
  bool to_parent() { return ts_tree_cursor_goto_parent(&cursor_); }

 private:
  TSTreeCursor cursor_;
};

}  // namespace alluvium::code
