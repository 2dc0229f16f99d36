#pragma once

#include <string_view>

#include "alluvium/frame/interrupt.h"

namespace alluvium::code {

/// Throws Cancelled or DeadlineExceeded when `interrupt` says so; `doing` names the work that ends,
/// for instance "listing files". For work outside of the engine, which watches `interrupt` itself.
void throw_if_interrupted(const Interrupt& interrupt, std::string_view doing);

}  // namespace alluvium::code
