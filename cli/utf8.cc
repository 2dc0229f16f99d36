#include "cli/utf8.h"

#include <fmt/format.h>
#include <wchar.h>

#include <array>
#include <cstdint>

namespace alluvium::cli {

CodePoint first_code_point(std::string_view text) {
  constexpr CodePoint kInvalid{U'\uFFFD', 1, false};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return kInvalid;
  std::uint32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return kInvalid;
    value = (value << 6) | (byte(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
    return kInvalid;
  }
  return {static_cast<char32_t>(value), length, true};
}

void append_utf8(std::string& out, char32_t value) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  const std::uint32_t v = value;
  if (v < 0x80) {
    put(v);
  } else if (v < 0x800) {
    put(0xC0 | (v >> 6));
    put(0x80 | (v & 0x3F));
  } else if (v < 0x10000) {
    put(0xE0 | (v >> 12));
    put(0x80 | ((v >> 6) & 0x3F));
    put(0x80 | (v & 0x3F));
  } else {
    put(0xF0 | (v >> 18));
    put(0x80 | ((v >> 12) & 0x3F));
    put(0x80 | ((v >> 6) & 0x3F));
    put(0x80 | (v & 0x3F));
  }
}

namespace {

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

// wcwidth knows no width for some characters that newer Unicode added; they take one column.
int width_of(char32_t c) {
  const int width = ::wcwidth(static_cast<wchar_t>(c));
  return width < 0 ? 1 : width;
}

}  // namespace

std::string visible(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    if (!c.valid) {
      append_utf8(out, c.value);
    } else if (!is_control(c.value) || (keep_lines && c.value == U'\n')) {
      out.append(text.substr(0, c.length));
    } else if (c.value == U'\n') {
      out += "\\n";
    } else if (c.value == U'\r') {
      out += "\\r";
    } else if (c.value == U'\t') {
      out += "\\t";
    } else if (c.value < 0x100) {
      out += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(c.value));
    } else {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c.value));
    }
    text.remove_prefix(c.length);
  }
  return out;
}

int display_width(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    width += width_of(c.value);
    text.remove_prefix(c.length);
  }
  return width;
}

std::string shortened(std::string_view text, int width, bool unicode) {
  // Each column takes at least one byte, so short text needs no measuring.
  if (text.size() <= static_cast<std::size_t>(width) || display_width(text) <= width) {
    return std::string(text);
  }
  std::size_t end = 0;
  int used = 0;
  while (end < text.size()) {
    const CodePoint c = first_code_point(text.substr(end));
    const int next = width_of(c.value);
    if (used + next > width - 1) break;
    used += next;
    end += c.length;
  }
  return std::string(text.substr(0, end)) + (unicode ? "…" : "~");
}

}  // namespace alluvium::cli
