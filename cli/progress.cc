#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include "cli/figures.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "cli/utf8.h"

namespace alluvium::cli {

namespace {

constexpr auto kPatience = std::chrono::seconds(1);
constexpr auto kInterval = std::chrono::milliseconds(200);
constexpr const char* kClearLine = "\r\x1b[K";

}  // namespace

Progress::Progress() {
  if (!terminal_of(STDERR_FILENO).is_terminal) return;
  thread_ = std::jthread([this](const std::stop_token& stop) { show(stop); });
}

Progress::~Progress() = default;  // Joins the thread, which clears its line.

void Progress::update(const std::string& phase, std::uint64_t done, std::uint64_t total) {
  const std::lock_guard lock(mutex_);
  phase_ = phase;
  done_ = done;
  total_ = total;
}

std::string Progress::line() const {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started_;
  std::string count;
  if (total_ > 0) {
    count = fmt::format(" {}/{}", grouped(done_), grouped(total_));
  } else if (done_ > 0) {
    count = fmt::format(" {}", grouped(done_));
  }
  return fmt::format("{}{}  {:.0f} s", phase_.empty() ? "starting" : visible(phase_), count,
                     elapsed.count());
}

void Progress::show(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto never = [] { return false; };
  changed_.wait_for(lock, stop, kPatience, never);
  while (!stop.stop_requested()) {
    const Terminal terminal = terminal_of(STDERR_FILENO);
    print_error(kClearLine + shortened(line(), terminal.width - 1, terminal.unicode));
    changed_.wait_for(lock, stop, kInterval, never);
    if (stop.stop_requested()) print_error(kClearLine);
  }
}

}  // namespace alluvium::cli
