#pragma once

#include "alluvium/udf/scalar_function.h"

namespace alluvium::code {

/// SQL `fact_id(part, ...)`: the id of its parts (`IdParts`), never null. (The library's
/// `stable_id` has a prefix before its digits.)
ScalarFunction fact_id_function();

}  // namespace alluvium::code
