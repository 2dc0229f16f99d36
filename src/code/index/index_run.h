#pragma once

#include <functional>

#include "alluvium/code/index.h"
#include "alluvium/frame/interrupt.h"
#include "code/index/run_basis.h"

namespace alluvium::code {

/// One attempt at `index`. Throws `FilesChanged` and `EarlierRunLost` too; then nothing is
/// published.
IndexReport run_index(const IndexRequest& request, const IndexAttempt& attempt,
                      const std::function<void(const IndexProgress&)>& progress,
                      const Interrupt& interrupt);

}  // namespace alluvium::code
