#pragma once

#include <filesystem>

#include "alluvium/udf/scalar_function.h"

namespace alluvium::code {

/// The function `text_at(path, bstart, bend) -> string` over the files of one repository: the bytes
/// of a span; null where they are not ASCII or can't be had. It does input, so no session for SQL
/// from outside may have it. Rows of one file are best side by side: a file is read when the path
/// changes. Errors: as `RootFolder`.
ScalarFunction text_at_function(const std::filesystem::path& root, std::uint64_t max_bytes);

}  // namespace alluvium::code
