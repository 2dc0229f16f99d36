#pragma once

#include "alluvium/udf/function_set.h"

namespace alluvium {

/// Errors: InvalidArgument for a function that can't be registered, naming it and what it lacks,
/// and for a name that two functions take.
void check_functions(const FunctionSet& functions);

}  // namespace alluvium
