#include "cli/statement_splitter.h"

#include <cctype>

namespace alluvium::cli {
namespace {

bool is_word(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// The position after the quoted text that starts at `at`; the end of the script if it isn't closed.
// A doubled quote needs no care: it reads as two quoted texts side by side.
std::size_t skip_quoted(std::string_view script, std::size_t at, bool backslashes) {
  const char quote = script[at];
  for (++at; at < script.size(); ++at) {
    if (backslashes && script[at] == '\\') {
      ++at;
    } else if (script[at] == quote) {
      return at + 1;
    }
  }
  return script.size();
}

std::size_t skip_block_comment(std::string_view script, std::size_t at) {
  int depth = 0;
  while (at < script.size()) {
    const std::string_view two = script.substr(at, 2);
    if (two == "/*") {
      ++depth;
      at += 2;
    } else if (two == "*/") {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return script.size();
}

// `$$...$$` or `$tag$...$tag$`. A `$name` that no second `$` follows is a parameter.
std::size_t skip_dollar(std::string_view script, std::size_t at) {
  std::size_t end = at + 1;
  while (end < script.size() && is_word(script[end])) ++end;
  if (end >= script.size() || script[end] != '$') return end;
  const std::string_view tag = script.substr(at, end - at + 1);
  const std::size_t close = script.find(tag, end + 1);
  return close == std::string_view::npos ? script.size() : close + tag.size();
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

SplitScript split_statements(std::string_view script) {
  SplitScript result;
  std::size_t start = 0;
  bool has_content = false;
  std::size_t at = 0;
  while (at < script.size()) {
    const char c = script[at];
    const std::string_view two = script.substr(at, 2);
    if (two == "--") {
      at = std::min(script.find('\n', at), script.size());
      continue;
    }
    if (two == "/*") {
      at = skip_block_comment(script, at);
      continue;
    }
    if (c == ';') {
      if (has_content) result.statements.push_back(trimmed(script.substr(start, at - start)));
      start = ++at;
      has_content = false;
      continue;
    }
    if (!is_space(c)) has_content = true;
    if (c == '\'') {
      const bool escaped = at > 0 && (script[at - 1] == 'E' || script[at - 1] == 'e') &&
                           (at < 2 || !is_word(script[at - 2]));
      at = skip_quoted(script, at, escaped);
    } else if (c == '"' || c == '`') {
      at = skip_quoted(script, at, false);
    } else if (c == '$' && (at == 0 || !is_word(script[at - 1]))) {
      at = skip_dollar(script, at);
    } else {
      ++at;
    }
  }
  if (has_content) result.rest = trimmed(script.substr(start));
  return result;
}

}  // namespace alluvium::cli
