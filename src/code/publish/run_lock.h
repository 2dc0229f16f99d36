#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "alluvium/frame/interrupt.h"
#include "code/publish/lake_layout.h"
#include "code/publish/lake_lock.h"
#include "code/publish/lock_wait.h"
#include "code/repository/file_handle.h"

namespace alluvium::code {

/// The right to change what a lake says about one repository, held by one run at a time, together
/// with a share of the lake. The operating system takes it back when the process ends, however it
/// ends.
///
/// Thread-safety: one thread at a time.
class RunLock {
 public:
  /// Takes the lock of `repo`. When another run has it, or the lake is held alone: with `wait`,
  /// tells `on_wait` once, with the owner, and waits; otherwise fails. Errors: CommitConflict
  /// (naming the owner), Io, Cancelled, DeadlineExceeded.
  static RunLock acquire(const LakeLayout& lake, std::string_view repo, bool wait,
                         const OnWait& on_wait, const Interrupt& interrupt);

 private:
  RunLock(LakeLock lake, FileHandle file) : lake_(std::move(lake)), file_(std::move(file)) {}
  LakeLock lake_;
  FileHandle file_;
};

}  // namespace alluvium::code
