#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace alluvium::cli {

/// Shows what long work is at: one line on standard error, rewritten, if that is a terminal and
/// the work has taken a second. Gone when the object is.
///
/// Thread-safety: `update` from any thread.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `total` is 0 when it isn't known.
  void update(const std::string& phase, std::uint64_t done, std::uint64_t total);

 private:
  void show(const std::stop_token& stop);
  [[nodiscard]] std::string line() const;

  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string phase_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
  std::jthread thread_;
};

}  // namespace alluvium::cli
