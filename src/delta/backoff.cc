#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>

#include "alluvium/error.h"
#include "delta/backoff_internal.h"

namespace alluvium::delta {
namespace {

constexpr std::chrono::microseconds kFirst{5'000};
constexpr std::chrono::microseconds kLongest{500'000};

std::chrono::microseconds pause_after(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const int doublings = std::clamp(attempt - 1, 0, 10);
  const auto longest = std::min(kFirst * (1 << doublings), kLongest);
  // At least half of it: a pause of nothing helps nobody.
  std::uniform_int_distribution<std::int64_t> pick(longest.count() / 2, longest.count());
  return std::chrono::microseconds(pick(random));
}

}  // namespace

void check_interrupt(const Interrupt& interrupt) {
  if (interrupt.stop.stop_requested()) {
    throw Error(ErrorCode::Cancelled, "the write was cancelled; nothing was committed");
  }
  if (interrupt.deadline && std::chrono::steady_clock::now() >= *interrupt.deadline) {
    throw Error(ErrorCode::DeadlineExceeded, "the write's deadline passed; nothing was committed");
  }
}

void back_off(int attempt, const Interrupt& interrupt) {
  auto until = std::chrono::steady_clock::now() + pause_after(attempt);
  if (interrupt.deadline) until = std::min(until, *interrupt.deadline);
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, interrupt.stop, until, [] { return false; });
  check_interrupt(interrupt);
}

}  // namespace alluvium::delta
