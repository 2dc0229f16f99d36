#pragma once

#include <string_view>

#include "code/extract/text_arena.h"

namespace alluvium::code {

/// Returns the name that the identifier `text` stands for: in Python that is its NFKC form.
/// Characters are mapped one by one; combining sequences are not composed.
std::string_view identifier_name(std::string_view text, TextArena& storage);

}  // namespace alluvium::code
