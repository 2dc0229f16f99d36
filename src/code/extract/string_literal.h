#pragma once

#include <optional>
#include <string_view>

#include "code/extract/syntax_tree.h"
#include "code/extract/text_arena.h"

namespace alluvium::code {

/// Returns the value of the string literal at `node` (a string, adjacent strings, parenthesised or
/// not), or none when it is another expression, an f-string or bytes. What CPython refuses, such as
/// `\N{...}` with a name that no character has, stays as written.
std::optional<std::string_view> string_value(const SyntaxTree& tree, NodeIndex node,
                                             TextArena& storage);

/// Returns the docstring of `body`, a block or the module: what `ast.get_docstring(clean=False)`
/// returns.
std::optional<std::string_view> docstring(const SyntaxTree& tree, NodeIndex body,
                                          TextArena& storage);

}  // namespace alluvium::code
