#pragma once

#include <string>

#include "alluvium/udf/function_set.h"

namespace alluvium::bridge {

/// What SQL may call the parameters of `functions`, and the defaults of those that it leaves out:
/// `{"nodes": [...], "functions": [{"names": [...], "table": b, "parameters": [{"name", "default":
/// node|null}]}]}`. Variadic functions have no such names.
std::string function_shapes(const FunctionSet& functions);

}  // namespace alluvium::bridge
