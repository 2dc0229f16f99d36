#pragma once

#include <string_view>

namespace alluvium::code {

/// Whether `name` is a top-level module of Python's standard library: of `sys.stdlib_module_names`
/// of CPython 3.10 to 3.14, or of the modules that 3.8 to 3.13 removed. Code of any age is indexed,
/// and a module that was once part of the library is not a package of somebody else. `__main__` is
/// none of the list, but every program has it.
bool is_stdlib_module(std::string_view name);

}  // namespace alluvium::code
