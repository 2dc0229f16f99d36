#pragma once

#include <utility>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "code/publish/lake_layout.h"
#include "code/publish/lock_wait.h"
#include "code/repository/file_handle.h"

namespace alluvium::code {

/// The right to use the files of a lake's tables: shared by the runs of all repositories, which
/// only add some, or held alone by what removes some. The operating system takes it back when the
/// process ends, however it ends.
///
/// Thread-safety: one thread at a time.
class LakeLock {
 public:
  /// For a run. When the lake is held alone: with `wait`, tells `on_wait` and waits; otherwise
  /// fails. Errors: CommitConflict (naming the owner), Io, Cancelled, DeadlineExceeded.
  static LakeLock share(const LakeLayout& lake, bool wait, const OnWait& on_wait,
                        const Interrupt& interrupt);
  /// When there is no run under way, of whatever repository. Otherwise and errors: likewise.
  static LakeLock hold_alone(const LakeLayout& lake, bool wait, const OnWait& on_wait,
                             const Interrupt& interrupt);

 private:
  explicit LakeLock(std::vector<FileHandle> files) : files_(std::move(files)) {}
  std::vector<FileHandle> files_;
};

}  // namespace alluvium::code
