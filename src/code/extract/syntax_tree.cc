#include "code/extract/syntax_tree.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "alluvium/error.h"
#include "code/extract/tree_sitter_internal.h"

namespace alluvium::code {
namespace {

constexpr TSSymbol kErrorSymbol = 0xFFFF;

/// The grammar's numbers as kinds and fields. Made once.
struct Grammar {
  std::vector<SyntaxKind> kinds;  // by TSSymbol
  std::vector<bool> named;
  std::array<SyntaxField, 256> fields{};  // by TSFieldId

  Grammar() {
    const TSLanguage* const language = tree_sitter_python();
    const std::uint32_t symbols = ts_language_symbol_count(language);
    kinds.assign(symbols, SyntaxKind::other);
    named.assign(symbols, true);
    for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
      const auto id = static_cast<TSSymbol>(symbol);
      const std::string_view name = ts_language_symbol_name(language, id);
      if (ts_language_symbol_type(language, id) != TSSymbolTypeRegular) {
        named[symbol] = false;
        kinds[symbol] = name == "async"   ? SyntaxKind::async_keyword
                        : name == "+"     ? SyntaxKind::plus_operator
                        : name == "print" ? SyntaxKind::print_keyword
                                          : SyntaxKind::token;
        continue;
      }
      if (name == "float") kinds[symbol] = SyntaxKind::float_;
#define ALLUVIUM_MATCH(kind) \
  if (name == #kind) kinds[symbol] = SyntaxKind::kind;
      ALLUVIUM_SYNTAX_KINDS(ALLUVIUM_MATCH)
#undef ALLUVIUM_MATCH
    }
    const std::uint32_t field_count = ts_language_field_count(language);
    for (std::uint32_t field = 1; field <= field_count && field < fields.size(); ++field) {
      const std::string_view name =
          ts_language_field_name_for_id(language, static_cast<TSFieldId>(field));
#define ALLUVIUM_MATCH(field_name) \
  if (name == #field_name) fields[field] = SyntaxField::field_name;
      ALLUVIUM_SYNTAX_FIELDS(ALLUVIUM_MATCH)
#undef ALLUVIUM_MATCH
    }
  }
};

const Grammar& grammar() {
  static const Grammar instance;
  return instance;
}

TSParser* thread_parser() {
  thread_local const TreeSitterParser parser = [] {
    TreeSitterParser made(ts_parser_new());
    if (!ts_parser_set_language(made.get(), tree_sitter_python())) {
      throw Error(ErrorCode::Internal,
                  "tree-sitter refuses its Python grammar: the two versions don't fit");
    }
    return made;
  }();
  return parser.get();
}

struct Deadline {
  std::chrono::steady_clock::time_point at;
  static bool passed(TSParseState* state) {
    return std::chrono::steady_clock::now() >= static_cast<Deadline*>(state->payload)->at;
  }
};

const char* read_text(void* payload, std::uint32_t offset, TSPoint, std::uint32_t* length) {
  const std::string_view text = *static_cast<const std::string_view*>(payload);
  if (offset >= text.size()) {
    *length = 0;
    return "";
  }
  *length = static_cast<std::uint32_t>(text.size() - offset);
  return text.data() + offset;
}

/// Whether tree-sitter may end nodes of this kind after comments that CPython leaves outside.
bool ends_with_last_token(SyntaxKind kind) {
  switch (kind) {
    case SyntaxKind::block:
    case SyntaxKind::case_clause:
    case SyntaxKind::class_definition:
    case SyntaxKind::decorated_definition:
    case SyntaxKind::elif_clause:
    case SyntaxKind::else_clause:
    case SyntaxKind::except_clause:
    case SyntaxKind::finally_clause:
    case SyntaxKind::for_statement:
    case SyntaxKind::function_definition:
    case SyntaxKind::if_statement:
    case SyntaxKind::match_statement:
    case SyntaxKind::try_statement:
    case SyntaxKind::while_statement:
    case SyntaxKind::with_statement:
      return true;
    default:
      return false;
  }
}

}  // namespace

SyntaxTree::Outcome SyntaxTree::parse(std::string_view text, std::uint32_t max_depth,
                                      std::chrono::milliseconds timeout) {
  source_ = text;
  nodes_.clear();
  errors_.clear();
  too_deep_ = kNoNode;

  Deadline deadline{std::chrono::steady_clock::now() + timeout};
  TSParser* const parser = thread_parser();
  ts_parser_reset(parser);
  const TreeSitterTree tree(ts_parser_parse_with_options(
      parser, nullptr,
      TSInput{
          .payload = &text, .read = read_text, .encoding = TSInputEncodingUTF8, .decode = nullptr},
      TSParseOptions{.payload = &deadline, .progress_callback = Deadline::passed}));
  if (tree == nullptr) {
    ts_parser_reset(parser);
    return Outcome::TimedOut;
  }

  const Grammar& names = grammar();
  nodes_.reserve(ts_node_descendant_count(ts_tree_root_node(tree.get())));
  TreeSitterCursor cursor(tree.get());
  NodeIndex parent = kNoNode;
  std::uint32_t depth = 0;
  for (;;) {
    const TSNode node = cursor.node();
    const TSSymbol symbol = ts_node_symbol(node);
    const auto index = static_cast<NodeIndex>(nodes_.size());
    const bool is_error = symbol == kErrorSymbol;
    SyntaxNode made{};
    made.kind = is_error ? SyntaxKind::error : names.kinds[symbol];
    made.named = is_error || names.named[symbol];
    made.missing = ts_node_is_missing(node);
    made.field =
        made.kind == SyntaxKind::token ? SyntaxField::none : names.fields[cursor.field() & 0xFF];
    made.begin = ts_node_start_byte(node);
    made.end = ts_node_end_byte(node);
    made.parent = parent;
    nodes_.push_back(made);
    if (is_error || made.missing) errors_.push_back(index);

    if (cursor.to_first_child()) {
      if (depth + 1 <= max_depth) {
        ++depth;
        parent = index;
        continue;
      }
      cursor.to_parent();
      if (too_deep_ == kNoNode) too_deep_ = index;
    }
    nodes_[index].after = index + 1;
    bool done = false;
    while (!cursor.to_next_sibling()) {
      if (parent == kNoNode) {
        done = true;
        break;
      }
      cursor.to_parent();
      nodes_[parent].after = static_cast<NodeIndex>(nodes_.size());
      parent = nodes_[parent].parent;
      --depth;
    }
    if (done) break;
  }

  // Children come after their parents, so ends are right from the back to the front.
  for (auto index = static_cast<NodeIndex>(nodes_.size()); index-- > 0;) {
    SyntaxNode& node = nodes_[index];
    if (!ends_with_last_token(node.kind)) continue;
    std::uint32_t end = node.begin;
    bool any = false;
    for (NodeIndex child : children(index)) {
      if (is_extra(child) || nodes_[child].end == nodes_[child].begin) continue;
      end = nodes_[child].end;
      any = true;
    }
    if (any) node.end = end;
  }
  return Outcome::Parsed;
}

NodeIndex SyntaxTree::child(NodeIndex node, SyntaxField field) const {
  if (node == kNoNode) return kNoNode;
  for (NodeIndex child : children(node)) {
    if (nodes_[child].field == field && !is_extra(child)) return child;
  }
  return kNoNode;
}

NodeIndex SyntaxTree::first_named(NodeIndex node) const {
  for (NodeIndex child : children(node)) {
    if (nodes_[child].named && !is_extra(child)) return child;
  }
  return kNoNode;
}

NodeIndex SyntaxTree::without_parentheses(NodeIndex node) const {
  while (node != kNoNode && nodes_[node].kind == SyntaxKind::parenthesized_expression) {
    node = first_named(node);
  }
  return node;
}

}  // namespace alluvium::code
