#pragma once

#include <string_view>

namespace alluvium::code {

/// Whether `name` is an attribute that objects of Python itself have too (strings, containers,
/// files, dates, paths, matches), such as `get`, or one of the language, such as `__len__`: that a
/// class of a repository has it says little about an object that has it.
bool is_common_attribute(std::string_view name);

}  // namespace alluvium::code
