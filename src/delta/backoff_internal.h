#pragma once

#include "alluvium/frame/interrupt.h"

namespace alluvium::delta {

/// Sleeps before try number `attempt + 1` (the first try is 1): a random time up to 5 ms doubled
/// with each attempt, at most 500 ms, so that writers who collided don't collide again.
/// Errors: Cancelled, DeadlineExceeded.
void back_off(int attempt, const Interrupt& interrupt);

/// Errors: Cancelled, DeadlineExceeded.
void check_interrupt(const Interrupt& interrupt);

}  // namespace alluvium::delta
