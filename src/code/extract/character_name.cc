#include "code/extract/character_name.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "code/extract/character_name_table.h"

namespace alluvium::code {
namespace {

/// FNV-1a, as in embed_character_names.py.
std::uint32_t name_hash(std::string_view name) {
  std::uint32_t hash = 0x811C9DC5;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
  return hash;
}

/// Takes the longest of `letters` that `text` begins with off it. Returns the place of it.
template <std::size_t kCount>
std::optional<char32_t> take(const std::array<std::string_view, kCount>& letters,
                             std::string_view& text) {
  std::optional<char32_t> longest;
  for (char32_t i = 0; i < kCount; ++i) {
    if (!text.starts_with(letters[i])) continue;
    if (!longest || letters[i].size() > letters[*longest].size()) longest = i;
  }
  if (longest) text.remove_prefix(letters[*longest].size());
  return longest;
}

/// `name` is that of a syllable's letters.
std::optional<char32_t> hangul_syllable(std::string_view name) {
  // Jamo.txt of the Unicode Character Database.
  static constexpr std::array<std::string_view, 19> kLeading = {
      "G",  "GG", "N", "D",  "DD", "R", "M", "B", "BB", "S",
      "SS", "",   "J", "JJ", "C",  "K", "T", "P", "H"};
  static constexpr std::array<std::string_view, 21> kVowels = {
      "A",  "AE", "YA", "YAE", "EO", "E",  "YEO", "YE", "O",  "WA", "WAE",
      "OE", "YO", "U",  "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
  static constexpr std::array<std::string_view, 28> kTrailing = {
      "",   "G",  "GG", "GS", "N",  "NJ", "NH", "D",  "L", "LG", "LM", "LB", "LS", "LT",
      "LP", "LH", "M",  "B",  "BS", "S",  "SS", "NG", "J", "C",  "K",  "T",  "P",  "H"};
  const std::optional<char32_t> leading = take(kLeading, name);
  const std::optional<char32_t> vowel = take(kVowels, name);
  const std::optional<char32_t> trailing = take(kTrailing, name);
  if (!leading || !vowel || !trailing || !name.empty()) return std::nullopt;
  return U'\uAC00' +
         static_cast<char32_t>((*leading * kVowels.size() + *vowel) * kTrailing.size() + *trailing);
}

std::optional<char32_t> code_point(std::string_view digits) {
  std::uint32_t code = 0;
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return code;
}

std::string in_capitals(std::string_view name) {
  std::string capitals(name);
  for (char& c : capitals) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return capitals;
}

}  // namespace

std::optional<char32_t> character_named(std::string_view name) {
  static constexpr std::string_view kHangul = "HANGUL SYLLABLE ";
  const std::string capitals = in_capitals(name);
  name = capitals;
  if (name.starts_with(kHangul)) return hangul_syllable(name.substr(kHangul.size()));
  for (const NamedRange& range : named_ranges()) {
    if (!name.starts_with(range.prefix)) continue;
    const std::optional<char32_t> code = code_point(name.substr(range.prefix.size()));
    if (code && *code >= range.first && *code <= range.last) return code;
  }
  const std::uint32_t hash = name_hash(name);
  const std::span<const NamedCharacter> characters = named_characters();
  const auto found =
      std::ranges::lower_bound(characters, hash, std::less{}, &NamedCharacter::name_hash);
  if (found == characters.end() || found->name_hash != hash) return std::nullopt;
  return found->character;
}

}  // namespace alluvium::code
