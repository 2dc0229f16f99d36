#pragma once

#include <string_view>

#include "code/extract/text_arena.h"

namespace alluvium::code {

/// Returns `text` with line ends and comments inside brackets as spaces, so that every offset
/// stays. Within brackets they mean nothing to Python, but tree-sitter's grammar takes a line that
/// is indented less after `(x.` for the end of a block.
std::string_view join_bracketed_lines(std::string_view text, TextArena& storage);

}  // namespace alluvium::code
