#include "functions/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "alluvium/error.h"

namespace alluvium {
namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

char ascii_lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
}

char ascii_upper(char byte) {
  return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - ('a' - 'A')) : byte;
}

// How many bytes the sequence that `lead` begins has.
int sequence_length(unsigned char lead) {
  if (lead < 0xC2) return 1;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 1;
}

int options_of(NormalForm form) {
  switch (form) {
    case NormalForm::Nfc:
      return UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    case NormalForm::Nfd:
      return UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
    case NormalForm::Nfkc:
      return UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
    case NormalForm::Nfkd:
      break;
  }
  return UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT;
}

utf8proc_ssize_t checked(utf8proc_ssize_t result) {
  if (result >= 0) return result;
  throw Error(ErrorCode::InvalidArgument,
              std::string("the text can't be normalized: ") + utf8proc_errmsg(result));
}

std::string map(std::string_view text, int options) {
  const auto* const bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): an enumeration of flags.
  const auto option = static_cast<utf8proc_option_t>(options);
  // One more than characters, for the end that `utf8proc_reencode` writes.
  thread_local std::vector<utf8proc_int32_t> codes;
  if (codes.size() < text.size() + 1) codes.resize(text.size() + 1);
  const auto decompose = [&] {
    const auto room = static_cast<utf8proc_ssize_t>(codes.size()) - 1;
    return checked(utf8proc_decompose(bytes, size, codes.data(), room, option));
  };
  utf8proc_ssize_t count = decompose();
  if (static_cast<std::size_t>(count) + 1 > codes.size()) {
    codes.resize(static_cast<std::size_t>(count) + 1);
    count = decompose();
  }
  const utf8proc_ssize_t length = checked(utf8proc_reencode(codes.data(), count, option));
  return {reinterpret_cast<const char*>(codes.data()), static_cast<std::size_t>(length)};
}

template <typename Ascii>
std::string map_case(std::string_view text, Ascii ascii,
                     utf8proc_int32_t (*other)(utf8proc_int32_t)) {
  std::string mapped;
  mapped.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_character(text);
    const auto bytes = static_cast<std::size_t>(character.bytes);
    if (bytes == 1) {
      mapped.push_back(ascii(text[0]));
    } else {
      utf8proc_uint8_t encoded[4];
      const auto length =
          utf8proc_encode_char(other(static_cast<utf8proc_int32_t>(character.code)), encoded);
      mapped.append(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length));
    }
    text.remove_prefix(bytes);
  }
  return mapped;
}

}  // namespace

std::optional<NormalForm> normal_form(std::string_view name) {
  const auto is = [&](std::string_view form) {
    return std::equal(name.begin(), name.end(), form.begin(), form.end(),
                      [](char a, char b) { return ascii_upper(a) == b; });
  };
  if (is("NFC")) return NormalForm::Nfc;
  if (is("NFD")) return NormalForm::Nfd;
  if (is("NFKC")) return NormalForm::Nfkc;
  if (is("NFKD")) return NormalForm::Nfkd;
  return std::nullopt;
}

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const int length = sequence_length(lead);
  const Character alone{lead, 1};
  if (length == 1 || static_cast<std::size_t>(length) > text.size()) return alone;
  auto code = static_cast<char32_t>(lead & (0xFF >> (length + 1)));
  for (int i = 1; i < length; ++i) {
    if (!is_continuation(text[static_cast<std::size_t>(i)])) return alone;
    code = code << 6 | (static_cast<unsigned char>(text[static_cast<std::size_t>(i)]) & 0x3F);
  }
  return {code, length};
}

bool is_white_space(char32_t code) {
  if (code <= 0x20) return code == 0x20 || (code >= 0x09 && code <= 0x0D);
  if (code < 0x2000) return code == 0x85 || code == 0xA0 || code == 0x1680;
  return code <= 0x200A || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
         code == 0x3000;
}

std::string_view trim_white_space(std::string_view text) {
  while (!text.empty()) {
    const Character character = first_character(text);
    // A stray byte is no character, whatever its value.
    if (character.bytes == 1 && character.code >= 0x80) break;
    if (!is_white_space(character.code)) break;
    text.remove_prefix(static_cast<std::size_t>(character.bytes));
  }
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && is_continuation(text[start]) && text.size() - start < 4) --start;
    const Character character = first_character(text.substr(start));
    if (start + static_cast<std::size_t>(character.bytes) != text.size()) break;
    if (character.bytes == 1 && character.code >= 0x80) break;
    if (!is_white_space(character.code)) break;
    text = text.substr(0, start);
  }
  return text;
}

std::string collapse_white_space(std::string_view text) {
  text = trim_white_space(text);
  std::string collapsed;
  collapsed.reserve(text.size());
  bool in_run = false;
  while (!text.empty()) {
    const Character character = static_cast<unsigned char>(text[0]) < 0x80
                                    ? Character{static_cast<unsigned char>(text[0]), 1}
                                    : first_character(text);
    const auto bytes = static_cast<std::size_t>(character.bytes);
    const bool stray = bytes == 1 && character.code >= 0x80;
    const bool space = !stray && is_white_space(character.code);
    if (!space) {
      if (bytes == 1) {
        collapsed.push_back(text[0]);
      } else {
        collapsed.append(text.substr(0, bytes));
      }
    } else if (!in_run) {
      collapsed.push_back(' ');
    }
    in_run = space;
    text.remove_prefix(bytes);
  }
  return collapsed;
}

std::string normalize(std::string_view text, NormalForm form, bool casefold) {
  if (is_ascii(text)) {
    std::string normal(text);
    if (casefold) std::transform(normal.begin(), normal.end(), normal.begin(), ascii_lower);
    return normal;
  }
  if (!casefold) return map(text, options_of(form));
  // Unicode folds decomposed text: the order of marks matters (section 3.13, D145 and D147).
  const bool compatible = form == NormalForm::Nfkc || form == NormalForm::Nfkd;
  const std::string decomposed =
      map(text, options_of(compatible ? NormalForm::Nfkd : NormalForm::Nfd));
  return map(decomposed, options_of(form) | UTF8PROC_CASEFOLD);
}

std::string to_lower(std::string_view text) {
  return map_case(text, ascii_lower, utf8proc_tolower);
}

std::string to_upper(std::string_view text) {
  return map_case(text, ascii_upper, utf8proc_toupper);
}

}  // namespace alluvium
