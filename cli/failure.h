#pragma once

#include "alluvium/error.h"

namespace alluvium::cli {

/// Tells `error` on standard error: as a sentence, with a hint where the error has one, or as one
/// JSON document.
void report_failure(const Error& error, bool json);

}  // namespace alluvium::cli
