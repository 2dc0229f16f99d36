#pragma once

#include <string>
#include <string_view>

#include "alluvium/error.h"

namespace alluvium::code {

/// Makes the error for a failed system call: `doing` ("create the folder"), the path it was about
/// and its errno. A full disk is ResourceExhausted, a missing path NotFound, everything else Io.
Error system_error(std::string_view doing, const std::string& path, int error_number);

}  // namespace alluvium::code
