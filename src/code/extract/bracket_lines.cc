#include "code/extract/bracket_lines.h"

#include <algorithm>
#include <cstddef>

namespace alluvium::code {
namespace {

/// Returns the offset after the string literal whose opening quote is at `at`.
std::size_t skip_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const bool triple = at + 2 < text.size() && text[at + 1] == quote && text[at + 2] == quote;
  const std::size_t length = triple ? 3 : 1;
  for (at += length; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (!triple) return at + 1;
      if (at + 2 < text.size() && text[at + 1] == quote && text[at + 2] == quote) return at + 3;
    } else if (text[at] == '\n' && !triple) {
      return at;
    }
  }
  return text.size();
}

}  // namespace

std::string_view join_bracketed_lines(std::string_view text, TextArena& storage) {
  char* const out = storage.allocate(text.size());
  std::copy(text.begin(), text.end(), out);
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    switch (text[at]) {
      case '\'':
      case '"':
        at = skip_string(text, at);
        continue;
      case '#': {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (depth > 0) std::fill(out + at, out + end, ' ');
        at = end;
        continue;
      }
      case '(':
      case '[':
      case '{':
        ++depth;
        break;
      case ')':
      case ']':
      case '}':
        if (depth > 0) --depth;
        break;
      case '\\':
      case '\r':
      case '\n':
        if (depth > 0) out[at] = ' ';
        break;
      default:
        break;
    }
    ++at;
  }
  return {out, text.size()};
}

}  // namespace alluvium::code
