#pragma once

#include <optional>
#include <string_view>

namespace alluvium::code {

/// Returns the character that `name` is the name or an alias of, as in Python's `\N{name}`: in
/// capitals or small letters. Named sequences are none. Of names that no character has, about one
/// in 100,000 is taken for another: names are known by their hashes alone, which is enough for
/// code that CPython accepts, since that has no such names.
///
/// The names are those of Unicode 17.0, which has all of the versions before it: UnicodeData.txt
/// and the aliases of NameAliases.txt (Unicode Standard Annex #44), and by rule those of ideographs
/// and of Hangul syllables (The Unicode Standard, sections 4.8 and 3.12).
std::optional<char32_t> character_named(std::string_view name);

}  // namespace alluvium::code
