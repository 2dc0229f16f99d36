#pragma once

#include <functional>

#include "alluvium/code/index.h"
#include "alluvium/frame/interrupt.h"
#include "code/index/run_basis.h"

namespace alluvium::code {

/// One attempt at `index`. Throws `FilesChanged` too; then nothing is published.
IndexReport run_index(const IndexRequest& request, FilesToOpen files_to_open,
                      const std::function<void(const IndexProgress&)>& progress,
                      const Interrupt& interrupt);

}  // namespace alluvium::code
