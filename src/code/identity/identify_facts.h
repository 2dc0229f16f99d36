#pragma once

#include "alluvium/frame/data_type.h"
#include "alluvium/udf/scalar_function.h"

namespace alluvium::code {

/// SQL `identify_facts(repo, path, module, facts)`: the facts of one file with ids in place of
/// positions in its lists (`identified_facts_type()`). Null facts stay null.
///
/// `facts_type` is the type that parse_python returns; its fields are found by name. An id is made
/// of the repository, the path, the definition around, the kind of row, what it is called, and its
/// ordinal among its like; never of a position in the file.
///
/// Errors: Internal when `facts_type` lacks a field that is needed.
ScalarFunction identify_facts_function(const DataType& facts_type);

}  // namespace alluvium::code
