#pragma once

#include <string>

#include "alluvium/udf/function_set.h"
#include "alluvium/udf/plugin_abi.h"

namespace alluvium {

/// The functions that `plugin`, loaded from `file`, declares, as the library's own values: their
/// kernels call the plug-in. Errors: InvalidArgument for a declaration that can't be, Unsupported
/// for a result type that can't cross; both name the function.
FunctionSet read_functions(const std::string& file, const AlluviumPlugin& plugin);

/// Text that a plug-in declares; empty for none.
std::string text_or_empty(const char* text);

}  // namespace alluvium
