#pragma once

#include <string>
#include <string_view>

#include "code/extract/syntax_tree.h"
#include "code/extract/text_arena.h"

namespace alluvium::code {

/// What is known of a name that the expression `node` makes by putting strings together: what it
/// begins with, a star, what it ends with, as in `visit_*` of `"visit_" + kind`, of
/// `f"visit_{kind}"`, of `"visit_%s" % kind` and of `"visit_{}".format(kind)`. Empty where no
/// letter or digit is known, or what is known can't be of a name.
std::string name_pattern(const SyntaxTree& tree, NodeIndex node, TextArena& storage);

/// Whether `name` may be one of which `pattern` is known.
bool fits_pattern(std::string_view name, std::string_view pattern);

}  // namespace alluvium::code
