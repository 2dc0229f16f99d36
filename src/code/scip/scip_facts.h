#pragma once

#include <memory>

#include "alluvium/frame/data_type.h"
#include "alluvium/udf/scalar_function.h"
#include "code/scip/scip_file.h"

namespace alluvium::code {

/// What a part of a SCIP index comes to beside the file that it is about: struct of
///
///     malformed    whether the part contradicts itself; nothing of it was read then
///     fit          how many of the document's ranges are at their symbols' names: `whole`,
///                  `partial` or `none` (the file is not the one that was indexed: it has no
///                  occurrences then); null where that can't be told
///     occurrences  list, positions in bytes of the file as stored; `lands`: whether the text there
///                  is the symbol's name, null for symbols whose name no source spells
///     symbols      list of the symbols that the part describes or mentions; `has_information` and
///                  `is_defined`: whether the part describes it, and has its definition; `place`
///                  orders those of one part
///     relationships, diagnostics
DataType scip_facts_type();

/// SQL `read_scip(offset, size, content)`: the part of `index` at `offset`, with positions in
/// `content`, its file as stored. Without content there are no occurrences.
ScalarFunction read_scip_function(std::shared_ptr<const ScipFile> index);

}  // namespace alluvium::code
