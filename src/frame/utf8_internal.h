#pragma once

#include <string_view>

namespace alluvium {

/// Whether `text` is well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
/// The engines take a string column's bytes as such without looking, so that everything else that
/// got in would be undefined behaviour there.
bool is_valid_utf8(std::string_view text);

}  // namespace alluvium
