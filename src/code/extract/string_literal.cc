#include "code/extract/string_literal.h"

#include <cstdint>
#include <string>

#include "code/extract/character_name.h"

namespace alluvium::code {
namespace {

void append_utf8(std::string& out, std::uint32_t code) {
  // A lone surrogate has no UTF-8.
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = 0xFFFD;
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
    return;
  }
  if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
  } else {
    if (code < 0x10000) {
      out.push_back(static_cast<char>(0xE0 | (code >> 12)));
    } else {
      out.push_back(static_cast<char>(0xF0 | (code >> 18)));
      out.push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    }
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
  }
  out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

/// Appends the character of an escape `\N{name}` at `text[0]`. Returns its length, or none when
/// there is no such character.
std::optional<std::size_t> append_named(std::string_view text, std::string& out) {
  static constexpr std::string_view kOpening = "\\N{";
  // As long as the names that CPython takes. Without a bound, a file of nothing but openings would
  // be read to its end for each.
  static constexpr std::size_t kLongestName = 256;
  if (!text.starts_with(kOpening)) return std::nullopt;
  const std::string_view rest = text.substr(kOpening.size(), kLongestName + 1);
  const std::size_t length = rest.find('}');
  if (length == std::string_view::npos) return std::nullopt;
  const std::optional<char32_t> character = character_named(rest.substr(0, length));
  if (!character) return std::nullopt;
  append_utf8(out, *character);
  return kOpening.size() + length + 1;
}

/// Appends what the escape after the backslash at `text[0]` means. Returns its length.
std::size_t append_escape(std::string_view text, std::string& out) {
  if (text.size() < 2) {
    out.push_back('\\');
    return 1;
  }
  const auto number = [&](std::size_t begin, std::size_t longest, int base) {
    std::size_t end = begin;
    std::uint32_t value = 0;
    while (end < text.size() && end - begin < longest && digit(text[end]) < base) {
      value =
          value * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit(text[end++]));
    }
    append_utf8(out, value);
    return end;
  };
  const auto has_digits = [&](std::size_t count) {
    if (text.size() < 2 + count) return false;
    for (std::size_t i = 2; i < 2 + count; ++i) {
      if (digit(text[i]) > 15) return false;
    }
    return true;
  };
  switch (const char c = text[1]) {
    case '\r':
      return text.size() > 2 && text[2] == '\n' ? 3 : 2;
    case '\n':
      return 2;
    case '\\':
    case '\'':
    case '"':
      out.push_back(c);
      return 2;
    case 'a':
      out.push_back('\a');
      return 2;
    case 'b':
      out.push_back('\b');
      return 2;
    case 'f':
      out.push_back('\f');
      return 2;
    case 'n':
      out.push_back('\n');
      return 2;
    case 'r':
      out.push_back('\r');
      return 2;
    case 't':
      out.push_back('\t');
      return 2;
    case 'v':
      out.push_back('\v');
      return 2;
    case 'N':
      if (const std::optional<std::size_t> length = append_named(text, out)) return *length;
      break;
    case 'x':
      if (has_digits(2)) return number(2, 2, 16);
      break;
    case 'u':
      if (has_digits(4)) return number(2, 4, 16);
      break;
    case 'U':
      if (has_digits(8)) return number(2, 8, 16);
      break;
    default:
      if (c >= '0' && c <= '7') return number(1, 3, 8);
      break;
  }
  out.push_back('\\');
  return 1;
}

/// One literal's parts.
struct Literal {
  std::string_view content;
  bool raw = false;
};

std::optional<Literal> parse_literal(std::string_view text) {
  Literal literal;
  std::size_t at = 0;
  for (; at < text.size() && text[at] != '\'' && text[at] != '"'; ++at) {
    switch (text[at]) {
      case 'r':
      case 'R':
        literal.raw = true;
        break;
      case 'u':
      case 'U':
        break;
      default:
        return std::nullopt;
    }
  }
  text.remove_prefix(at);
  const bool triple = text.size() >= 6 && text[1] == text[0] && text[2] == text[0];
  const std::size_t quote = triple ? 3 : 1;
  if (text.size() < 2 * quote) return std::nullopt;
  literal.content = text.substr(quote, text.size() - 2 * quote);
  return literal;
}

bool is_plain(const Literal& literal) {
  return literal.content.find('\r') == std::string_view::npos &&
         (literal.raw || literal.content.find('\\') == std::string_view::npos);
}

void append_value(const Literal& literal, std::string& out) {
  const std::string_view content = literal.content;
  for (std::size_t at = 0; at < content.size();) {
    if (content[at] == '\\' && !literal.raw) {
      at += append_escape(content.substr(at), out);
    } else if (content[at] == '\r' && at + 1 < content.size() && content[at + 1] == '\n') {
      ++at;
    } else {
      out.push_back(content[at++]);
    }
  }
}

}  // namespace

std::optional<std::string_view> string_value(const SyntaxTree& tree, NodeIndex node,
                                             TextArena& storage) {
  node = tree.without_parentheses(node);
  if (node == kNoNode) return std::nullopt;
  if (tree[node].kind == SyntaxKind::string) {
    const std::optional<Literal> literal = parse_literal(tree.text(node));
    if (!literal) return std::nullopt;
    if (is_plain(*literal)) return literal->content;
    std::string value;
    append_value(*literal, value);
    return storage.copy(value);
  }
  if (tree[node].kind != SyntaxKind::concatenated_string) return std::nullopt;
  std::string value;
  for (NodeIndex part : tree.children(node)) {
    if (tree.is_extra(part)) continue;
    if (tree[part].kind != SyntaxKind::string) return std::nullopt;
    const std::optional<Literal> literal = parse_literal(tree.text(part));
    if (!literal) return std::nullopt;
    append_value(*literal, value);
  }
  return storage.copy(value);
}

std::optional<std::string_view> docstring(const SyntaxTree& tree, NodeIndex body,
                                          TextArena& storage) {
  if (body == kNoNode) return std::nullopt;
  const NodeIndex statement = tree.first_named(body);
  if (statement == kNoNode || tree[statement].kind != SyntaxKind::expression_statement) {
    return std::nullopt;
  }
  NodeIndex only = kNoNode;
  for (NodeIndex child : tree.children(statement)) {
    if (tree.is_extra(child)) continue;
    if (only != kNoNode) return std::nullopt;
    only = child;
  }
  return string_value(tree, only, storage);
}

}  // namespace alluvium::code
