#pragma once

#include <array>
#include <cstddef>
#include <future>
#include <span>
#include <string_view>
#include <vector>

#include "code/identity/file_interface.h"

namespace alluvium::code {

/// Unpacks interfaces in their order. While those of some files are used, the next ones are
/// unpacked on another thread: using them takes about as long.
///
/// Thread-safety: one thread at a time.
class UnpackedInterfaces {
 public:
  /// Of what `FileInterface::write` made; all of it must outlive this.
  explicit UnpackedInterfaces(std::span<const std::string_view> packed);

  /// The next one; there must be one. Valid until the next call.
  ///
  /// Errors: Corruption.
  const FileInterface& next();

 private:
  struct Batch {
    std::vector<FileInterface> interfaces;  // more than are in use, for their memory
    std::size_t size = 0;
    std::future<void> unpacking;
  };

  void start(Batch& batch);

  std::span<const std::string_view> left_;
  std::size_t next_ = 0;          // in the first of the batches
  std::array<Batch, 2> batches_;  // last: threads write to them
};

}  // namespace alluvium::code
