#pragma once

#include <optional>

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

/// Shows what one run after another is at: from its first step on, until something is said of it.
class ShownRuns {
 public:
  void show(const code::IndexProgress& step) {
    if (!progress_) progress_.emplace();
    progress_->update(step.phase, step.done, step.total);
  }
  void clear() { progress_.reset(); }

 private:
  std::optional<Progress> progress_;
};

}  // namespace alluvium::cli
