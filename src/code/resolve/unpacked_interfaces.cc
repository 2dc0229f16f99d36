#include "code/resolve/unpacked_interfaces.h"

#include <algorithm>
#include <utility>

namespace alluvium::code {
namespace {

/// Enough to be worth the start of a thread.
constexpr std::size_t kFilesAtATime = 128;

}  // namespace

UnpackedInterfaces::UnpackedInterfaces(std::span<const std::string_view> packed) : left_(packed) {
  for (Batch& batch : batches_) start(batch);
}

const FileInterface& UnpackedInterfaces::next() {
  if (next_ == batches_[0].size) {
    std::swap(batches_[0], batches_[1]);
    start(batches_[1]);
    next_ = 0;
  }
  Batch& batch = batches_[0];
  if (batch.unpacking.valid()) batch.unpacking.get();
  return batch.interfaces[next_++];
}

void UnpackedInterfaces::start(Batch& batch) {
  const std::span<const std::string_view> packed =
      left_.first(std::min(left_.size(), kFilesAtATime));
  left_ = left_.subspan(packed.size());
  batch.size = packed.size();
  if (packed.empty()) return;
  batch.interfaces.resize(std::max(batch.interfaces.size(), packed.size()));
  batch.unpacking =
      std::async(std::launch::async, [packed, into = std::span<FileInterface>(batch.interfaces)] {
        for (std::size_t i = 0; i < packed.size(); ++i) into[i].read(packed[i]);
      });
}

}  // namespace alluvium::code
