#pragma once

#include <string_view>

namespace alluvium::code {

/// Whether test runners run a method of that name around the tests of its class.
bool is_set_up_of_class(std::string_view name);

/// Whether they run a function of that name around the tests of its file.
bool is_set_up_of_file(std::string_view name);

}  // namespace alluvium::code
