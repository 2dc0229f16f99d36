#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

namespace alluvium {

/// What may end a long call before its result: the caller's stop token (the call fails with
/// Cancelled) and a deadline (DeadlineExceeded). The default never interrupts; a profile's
/// `query_timeout` holds beside it, and the earlier of the two counts.
struct Interrupt {
  std::stop_token stop = {};
  std::optional<std::chrono::steady_clock::time_point> deadline = std::nullopt;

  /// Returns an interrupt whose deadline lies `timeout` from now.
  static Interrupt after(std::chrono::milliseconds timeout) {
    return {.deadline = std::chrono::steady_clock::now() + timeout};
  }
};

}  // namespace alluvium
