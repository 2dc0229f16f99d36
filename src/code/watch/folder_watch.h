#pragma once

#include <chrono>
#include <filesystem>
#include <set>

#include "alluvium/frame/interrupt.h"
#include "code/repository/file_handle.h"

namespace alluvium::code {

/// Tells when something in a set of folders changes: a file is written, made, moved or removed.
///
/// Thread-safety: one thread at a time.
class FolderWatch {
 public:
  /// Errors: Io, ResourceExhausted (the kernel gives no more watches).
  FolderWatch();

  /// Watches these folders too, as far as they are there. What happens from now on is seen. Errors:
  /// as the constructor.
  void add(const std::set<std::filesystem::path>& folders);

  /// Waits until something changes, or for `longest`. Returns whether something did. Errors:
  /// Cancelled and DeadlineExceeded.
  bool wait(std::chrono::milliseconds longest, const Interrupt& interrupt);

 private:
  void forget_what_happened();

  FileHandle events_;
};

}  // namespace alluvium::code
