#include "code/index/phase_log.h"

#include <condition_variable>
#include <stop_token>

namespace alluvium::code {

void PhaseLog::begin(std::string_view phase, std::uint64_t total) {
  const std::lock_guard lock(mutex_);
  close();
  now_ = {.phase = std::string(phase), .total = total};
  begun_ = std::chrono::steady_clock::now();
  tell();
}

void PhaseLog::advance(std::uint64_t done) {
  const std::lock_guard lock(mutex_);
  if (done == now_.done) return;
  now_.done = done;
  tell();
}

std::vector<std::pair<std::string, double>> PhaseLog::finish() {
  const std::lock_guard lock(mutex_);
  close();
  now_ = {};
  return seconds_;
}

void PhaseLog::close() {
  if (now_.phase.empty()) return;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun_;
  seconds_.emplace_back(now_.phase, took.count());
}

void PhaseLog::tell() {
  if (progress_) progress_(now_);
}

CountWatch::CountWatch(PhaseLog& log, std::shared_ptr<const std::atomic<std::uint64_t>> count)
    : thread_([&log, count = std::move(count)](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        const std::uint64_t before = count->load();
        while (!stop.stop_requested()) {
          wake.wait_for(lock, stop, std::chrono::milliseconds(100), [] { return false; });
          log.advance(count->load() - before);
        }
      }) {}

}  // namespace alluvium::code
