#pragma once

#include <string>
#include <string_view>

namespace alluvium::code {

/// The language of a file in lower case: what SCIP says (`declared`), else what the extension of
/// `path` tells, else the extension itself; `unknown` without one.
std::string scip_language(std::string_view declared, std::string_view path);

}  // namespace alluvium::code
