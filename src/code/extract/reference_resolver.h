#pragma once

#include <vector>

#include "code/extract/extraction_internal.h"

namespace alluvium::code {

/// Sets what the refs in `extraction.facts` mean within the file. `sites` has one entry per ref.
void resolve_references(Extraction& extraction, const std::vector<RefSite>& sites);

/// Adds the exports: what the module's scope binds.
void add_exports(Extraction& extraction);

}  // namespace alluvium::code
