#include "cli/interruption.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <stop_token>
#include <system_error>
#include <thread>

namespace alluvium::cli {
namespace {

enum Mode : int { kIdle, kWorking, kPrompting };

// All that the signal handler touches: lock-free, and never destroyed.
std::atomic<int> mode{kIdle};
std::atomic<int> last_signal{0};
std::atomic<bool> cut_short{false};
std::array<int, 2> to_watcher{-1, -1};
std::array<int, 2> to_prompt{-1, -1};
static_assert(std::atomic<int>::is_always_lock_free);

struct Work {
  std::mutex mutex;
  std::optional<std::stop_source> stop;
};
// Leaked, since the watcher uses it until the process is gone.
Work& work() {
  static auto* const instance = new Work;
  return *instance;
}

void handle(int signal) {
  const int saved = errno;
  const int previous = last_signal.exchange(signal);
  const int now = mode.load();
  if (now == kIdle || (now == kWorking && previous != 0)) ::_exit(128 + signal);
  const std::array<int, 2>& pipe = now == kPrompting ? to_prompt : to_watcher;
  const char byte = 1;
  [[maybe_unused]] const ssize_t written = ::write(pipe[1], &byte, 1);
  errno = saved;
}

// Stop callbacks take locks and allocate, which no signal handler may: a thread calls them.
void watch() {
  char byte = 0;
  for (;;) {
    const ssize_t count = ::read(to_watcher[0], &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    std::optional<std::stop_source> stop;
    {
      const std::lock_guard lock(work().mutex);
      stop = work().stop;
    }
    if (stop) stop->request_stop();
  }
}

}  // namespace

void handle_interruption() {
  if (::pipe2(to_watcher.data(), O_CLOEXEC) != 0 ||
      ::pipe2(to_prompt.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(), "can't create a pipe");
  }
  std::thread(watch).detach();
  struct sigaction action{};
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int interruption_signal() { return last_signal.load(); }

bool work_was_cut_short() { return cut_short.load(); }

InterruptibleWork::InterruptibleWork(std::optional<std::chrono::milliseconds> timeout) {
  std::stop_source stop;
  interrupt_.stop = stop.get_token();
  if (timeout) interrupt_.deadline = std::chrono::steady_clock::now() + *timeout;
  {
    const std::lock_guard lock(work().mutex);
    work().stop = std::move(stop);
  }
  last_signal = 0;
  mode = kWorking;
}

InterruptibleWork::~InterruptibleWork() {
  const auto& deadline = interrupt_.deadline;
  if (interrupt_.stop.stop_requested() ||
      (deadline && std::chrono::steady_clock::now() >= *deadline)) {
    cut_short = true;
  }
  mode = kIdle;
  const std::lock_guard lock(work().mutex);
  work().stop.reset();
}

InterruptiblePrompt::InterruptiblePrompt() {
  last_signal = 0;
  mode = kPrompting;
}

InterruptiblePrompt::~InterruptiblePrompt() { mode = kIdle; }

int InterruptiblePrompt::descriptor() { return to_prompt[0]; }

void InterruptiblePrompt::acknowledge() {
  std::array<char, 16> bytes{};
  while (::read(to_prompt[0], bytes.data(), bytes.size()) > 0) {
  }
}

}  // namespace alluvium::cli
