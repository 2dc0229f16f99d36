#pragma once

#include <string_view>

namespace alluvium {

/// Returns the version of the library that is loaded, as `major.minor.patch`.
std::string_view version();

}  // namespace alluvium
