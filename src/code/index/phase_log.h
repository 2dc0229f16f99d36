#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "alluvium/code/index.h"

namespace alluvium::code {

/// Tells the caller of a run how far it is, and keeps how long each phase took.
///
/// Thread-safety: all members may be called from many threads; the caller's function is called by
/// one at a time.
class PhaseLog {
 public:
  explicit PhaseLog(std::function<void(const IndexProgress&)> progress)
      : progress_(std::move(progress)) {}

  /// Ends the phase before and begins `phase`.
  void begin(std::string_view phase, std::uint64_t total = 0);
  /// Says how much of the phase is done.
  void advance(std::uint64_t done);
  /// Ends the last phase and returns the seconds of each, in order.
  std::vector<std::pair<std::string, double>> finish();

 private:
  void close();
  void tell();

  std::mutex mutex_;
  std::function<void(const IndexProgress&)> progress_;
  IndexProgress now_;
  std::chrono::steady_clock::time_point begun_;
  std::vector<std::pair<std::string, double>> seconds_;
};

/// Passes a count that other threads raise on to a log, a few times a second, while it lives.
class CountWatch {
 public:
  CountWatch(PhaseLog& log, std::shared_ptr<const std::atomic<std::uint64_t>> count);

 private:
  std::jthread thread_;
};

}  // namespace alluvium::code
