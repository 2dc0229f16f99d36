#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace alluvium::code {

/// Characters whose names are `prefix` and their code points: ideographs.
struct NamedRange {
  std::string_view prefix;
  char32_t first;
  char32_t last;
};

/// A name or alias of a character, as its hash.
struct NamedCharacter {
  std::uint32_t name_hash;
  char32_t character;
};

/// What embed_character_names.py makes of UnicodeData.txt and NameAliases.txt. The characters are
/// sorted by hash, and no two names have one.
std::span<const NamedRange> named_ranges();
std::span<const NamedCharacter> named_characters();

}  // namespace alluvium::code
