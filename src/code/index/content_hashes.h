#pragma once

#include <functional>
#include <map>
#include <string>

#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/interrupt.h"

namespace alluvium::code {

/// Content hashes by path; empty of what can't be read.
using ContentHashes = std::map<std::string, std::string, std::less<>>;

/// Those of `rows`, which have `path` and `content_hash`. Errors: those of running the plan.
ContentHashes content_hashes(const DataFrame& rows, const Interrupt& interrupt);

}  // namespace alluvium::code
