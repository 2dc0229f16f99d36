#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium {

enum class NormalForm { Nfc, Nfd, Nfkc, Nfkd };

/// The form that is spelled `name`, in any case.
std::optional<NormalForm> normal_form(std::string_view name);

/// The length of the leading run of ASCII.
inline std::size_t ascii_prefix(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  // How many of the eight bytes at `at` are ASCII up to the first that isn't.
  const auto count_at = [&](std::size_t at) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if constexpr (std::endian::native == std::endian::big) eight = __builtin_bswap64(eight);
    return static_cast<std::size_t>(std::countr_zero(eight & kHighBits)) / 8;
  };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    if (const std::size_t count = count_at(at); count < 8) return at + count;
  }
  // The rest with some of what was looked at.
  if (text.size() >= 8) return text.size() - 8 + count_at(text.size() - 8);
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0x80) == 0) ++at;
  return at;
}
inline bool is_ascii(std::string_view text) { return ascii_prefix(text) == text.size(); }

/// A character of UTF-8 text. A byte that begins no well-formed sequence is one of its own.
struct Character {
  char32_t code = 0;
  int bytes = 1;
};
/// The character at the start of `text`, which is not empty. Reads nothing behind its end.
Character first_character(std::string_view text);

/// Whether `code` has Unicode's White_Space property.
bool is_white_space(char32_t code);
/// `text` without the white space at its ends.
std::string_view trim_white_space(std::string_view text);
/// Every run of white space as one space, none at the ends.
std::string collapse_white_space(std::string_view text);

/// `text` in `form`; case-folded, if asked to, so that texts that differ only in case are equal.
/// Errors: InvalidArgument for text that isn't UTF-8.
std::string normalize(std::string_view text, NormalForm form, bool casefold);

/// Every character in lower or upper case, by Unicode's simple mapping.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

}  // namespace alluvium
