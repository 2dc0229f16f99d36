#pragma once

#include <vector>

#include "alluvium/frame/arrow_c.h"
#include "alluvium/frame/record_batch.h"

namespace alluvium {

/// Readers as Arrow C streams, for rooms that hand them to the engines without touching Arrow's
/// structures themselves. The callee takes a stream over by clearing its `release`; what is left
/// is released here.
class StreamExports {
 public:
  StreamExports() = default;
  ~StreamExports() {
    for (ArrowArrayStream& stream : streams_) {
      if (stream.release != nullptr) stream.release(&stream);
    }
  }
  StreamExports(const StreamExports&) = delete;
  StreamExports& operator=(const StreamExports&) = delete;

  void add(RecordBatchReader reader) {
    streams_.emplace_back();
    std::move(reader).export_to(&streams_.back());
  }
  [[nodiscard]] std::vector<ArrowArrayStream>& all() { return streams_; }
  [[nodiscard]] ArrowArrayStream* front() { return &streams_.front(); }

 private:
  std::vector<ArrowArrayStream> streams_;
};

}  // namespace alluvium
