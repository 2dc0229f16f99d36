#pragma once

#include "code/extract/extraction_internal.h"

namespace alluvium::code {

/// Decides for all names of all scopes where they are bound, by the rules of CPython 3.13's
/// compiler, and adds the facts: scopes without the comprehensions that the compiler inlines, and
/// the bindings of each. Call it when all names are in `extraction.symbols`.
void add_symbols(Extraction& extraction);

}  // namespace alluvium::code
