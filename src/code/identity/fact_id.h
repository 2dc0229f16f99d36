#pragma once

#include <string>
#include <string_view>

#include "alluvium/udf/scalar_function.h"

namespace alluvium::code {

/// SQL `fact_id(part, ...)`: the id of its parts (`IdParts`), never null. (The library's
/// `stable_id` has a prefix before its digits.)
ScalarFunction fact_id_function();

/// `files.file_id`: the id of a repository and a path in it.
std::string file_id(std::string_view repo, std::string_view path);

}  // namespace alluvium::code
