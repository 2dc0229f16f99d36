#pragma once

#include <string>
#include <string_view>

namespace alluvium::code {

/// The SQL predicate of one repository's rows, for a Delta operation that takes text.
std::string rows_of(std::string_view repo);

}  // namespace alluvium::code
