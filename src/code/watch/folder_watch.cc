#include "code/watch/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "code/repository/interruption.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kChanges = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                   IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/// How soon an interrupt is seen.
constexpr std::chrono::milliseconds kLook{100};

}  // namespace

FolderWatch::FolderWatch() : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (!events_) throw system_error("watch", "folders", errno);
}

void FolderWatch::add(const std::set<fs::path>& folders) {
  for (const fs::path& folder : folders) {
    // Again for one that is watched changes nothing, and finds one that was made anew.
    if (::inotify_add_watch(events_.get(), folder.c_str(), kChanges) >= 0) continue;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) {
      throw system_error("watch the folder", folder.string(), errno);
    }
  }
}

bool FolderWatch::wait(std::chrono::milliseconds longest, const Interrupt& interrupt) {
  const auto end = std::chrono::steady_clock::now() + longest;
  for (;;) {
    throw_if_interrupted(interrupt, "watching for changes");
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{.fd = events_.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min(left, kLook).count()));
    if (ready > 0) {
      forget_what_happened();
      return true;
    }
  }
}

void FolderWatch::forget_what_happened() {
  std::array<char, 16384> buffer{};
  while (::read(events_.get(), buffer.data(), buffer.size()) > 0) {
  }
}

}  // namespace alluvium::code
