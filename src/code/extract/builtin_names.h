#pragma once

#include <string_view>

namespace alluvium::code {

/// Whether `name` is in Python's `builtins`, or set in every module or class body by Python itself.
bool is_builtin_name(std::string_view name);

}  // namespace alluvium::code
