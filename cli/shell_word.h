#pragma once

#include <string>
#include <string_view>

namespace alluvium::cli {

/// `text` as one word of a POSIX shell's command line, in single quotes.
std::string shell_quoted(std::string_view text);

}  // namespace alluvium::cli
