#pragma once

#include <functional>

#include "alluvium/code/index.h"
#include "alluvium/error.h"
#include "alluvium/frame/interrupt.h"

namespace alluvium::code {

/// What `watch` tells, each on the calling thread. All but `run` may be empty.
struct WatchObserver {
  /// A run is over.
  std::function<void(const IndexReport&)> run;
  /// A run failed; the last published one stays current, and the next change is waited for.
  std::function<void(const Error&)> failure = {};
  std::function<void(const IndexProgress&)> progress = {};
};

/// Indexes the repository, and again whenever its files change, until `interrupt` ends it.
///
/// Changes are awaited from the kernel, in the folders that hold source files and those above them;
/// what appears elsewhere is found within half a minute. A burst of changes (a branch that is
/// switched, a formatter at work) is let settle: a run begins when nothing happened for 0.2 s, and
/// after 2 s in any case. Changes during a run start another.
///
/// Errors: those of `index` for the first run; Cancelled and DeadlineExceeded by `interrupt`; Io.
void watch(const IndexRequest& request, const WatchObserver& observer, const Interrupt& interrupt);

}  // namespace alluvium::code
