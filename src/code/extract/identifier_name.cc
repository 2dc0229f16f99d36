#include "code/extract/identifier_name.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>

namespace alluvium::code {
namespace {

/// `count` characters from `from` on become those from `to` on.
struct Run {
  std::uint32_t from;
  std::uint32_t to;
  std::uint32_t count;
};

struct Expansion {
  std::uint32_t from;
  const char* to;
};

#include "code/extract/identifier_table.inc"

std::uint32_t decode(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code = length == 1 ? lead : lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length && at + i < text.size(); ++i) {
    code = (code << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
  }
  at = std::min(at + length, text.size());
  return code;
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (code >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (code >> 18)));
    out.push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

template <typename Entry>
bool starts_after(std::uint32_t code, const Entry& entry) {
  return code < entry.from;
}

}  // namespace

std::string_view identifier_name(std::string_view text, TextArena& storage) {
  const bool ascii = std::all_of(text.begin(), text.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return text;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const std::uint32_t code = decode(text, at);
    const auto* run = std::upper_bound(std::begin(kRuns), std::end(kRuns), code, starts_after<Run>);
    if (run != std::begin(kRuns) && code - (run - 1)->from < (run - 1)->count) {
      append_utf8(out, (run - 1)->to + (code - (run - 1)->from));
      continue;
    }
    const auto* expansion = std::upper_bound(std::begin(kExpansions), std::end(kExpansions), code,
                                             starts_after<Expansion>);
    if (expansion != std::begin(kExpansions) && (expansion - 1)->from == code) {
      out += (expansion - 1)->to;
      continue;
    }
    out.append(text.substr(begin, at - begin));
  }
  return out == text ? text : storage.copy(out);
}

}  // namespace alluvium::code
