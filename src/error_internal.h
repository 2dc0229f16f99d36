#pragma once

#include <string_view>

#include "alluvium/error.h"

namespace alluvium {

/// Reads an error as the engines' side of the bridge writes it into a plain text: the message, the
/// byte 0x1e, and a JSON object `{"code", "retryable", "message", "details"}`. A text without that
/// tail (a foreign stream's, say) becomes an error of code `fallback`.
Error decode_error(std::string_view text, ErrorCode fallback);

}  // namespace alluvium
