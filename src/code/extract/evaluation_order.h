#pragma once

#include "code/extract/syntax_tree.h"

namespace alluvium::code {

/// Whether CPython's compiler looks into the comprehension `a` before `b`, another one of the same
/// scope: mostly, but not always, as they stand in the text.
bool is_compiled_before(const SyntaxTree& tree, NodeIndex a, NodeIndex b);

}  // namespace alluvium::code
