#pragma once

#include "alluvium/code/index.h"
#include "cli/interruption.h"
#include "cli/progress.h"

namespace alluvium::cli {

/// Does `work(progress, interrupt)`, which Ctrl-C ends, and shows what it is at. Returns what that
/// returns.
template <typename Work>
auto show_work(Work&& work) {
  const InterruptibleWork interruptible;
  Progress progress;
  const auto show = [&](const code::IndexProgress& step) {
    progress.update(step.phase, step.done, step.total);
  };
  return work(show, interruptible.interrupt());
}

}  // namespace alluvium::cli
