#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "alluvium/error.h"
#include "alluvium/frame/interrupt.h"
#include "code/publish/lake_layout.h"

namespace alluvium::code {

/// Called once before waiting, with who is waited for.
using OnWait = std::function<void(const std::string& owner)>;

/// What one does about a lock of a lake that somebody else has: wait for it, or fail.
class LockWait {
 public:
  /// What it is given must outlive this; `on_wait` may be empty.
  LockWait(const LakeLayout& lake, bool wait, const OnWait& on_wait, const Interrupt& interrupt)
      : lake_(lake), wait_(wait), on_wait_(on_wait), interrupt_(interrupt) {}

  /// `owner` has the lock, since `busy` ("a run is under way"). Returns after a moment, when it is
  /// time to try again, or fails. Errors: CommitConflict (naming the owner, with `details` too),
  /// Cancelled and DeadlineExceeded (while waiting for `awaited`).
  void meet(const std::string& owner, std::string_view busy, std::string_view awaited,
            Error::Details details = {});

 private:
  const LakeLayout& lake_;
  bool wait_;
  const OnWait& on_wait_;
  const Interrupt& interrupt_;
  bool told_ = false;
};

}  // namespace alluvium::code
