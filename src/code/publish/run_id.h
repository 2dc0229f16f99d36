#pragma once

#include <string>

#include "code/publish/utc_time.h"

namespace alluvium::code {

/// 32 hex digits: milliseconds first, so that later runs sort later, then chance.
std::string new_run_id(UtcMicros now);

}  // namespace alluvium::code
