#include "code/publish/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <thread>

#include "alluvium/error.h"
#include "code/publish/utc_time.h"
#include "code/repository/interruption.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

/// FNV-1a: a file name for any repository's name. Two that clash only wait for each other.
std::string lock_name(std::string_view repo) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : repo) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  constexpr char kDigits[] = "0123456789abcdef";
  std::string name;
  for (int shift = 60; shift >= 0; shift -= 4) name += kDigits[(hash >> shift) & 0xFU];
  return name + ".lock";
}

std::string describe_self(std::string_view repo) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return "process " + std::to_string(::getpid()) + " on " + host.data() + " since " +
         utc_text(utc_now()) + ", repository " + std::string(repo) + "\n";
}

std::string read_owner(int file) {
  std::array<char, 1024> text{};
  const ssize_t count = ::pread(file, text.data(), text.size(), 0);
  std::string owner(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  if (const std::size_t end = owner.find('\n'); end != std::string::npos) owner.resize(end);
  return owner.empty() ? "another process" : owner;
}

}  // namespace

RunLock RunLock::acquire(const LakeLayout& lake, std::string_view repo, bool wait,
                         const std::function<void(const std::string&)>& on_wait,
                         const Interrupt& interrupt) {
  make_folders(lake.locks());
  const std::filesystem::path path = lake.locks() / lock_name(repo);
  FileHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file) throw system_error("open the lock file", path.string(), errno);

  bool told = false;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) throw system_error("lock the file", path.string(), errno);
    const std::string owner = read_owner(file.get());
    if (!wait) {
      throw Error(ErrorCode::CommitConflict,
                  "another run of `" + std::string(repo) + "` is under way in the lake `" +
                      lake.folder().string() + "` (" + owner +
                      "); wait for it, or use --wait to do that",
                  true, {{"repo", std::string(repo)}, {"owner", owner}});
    }
    if (!told && on_wait) on_wait(owner);
    told = true;
    throw_if_interrupted(interrupt, "waiting for another run (" + owner + ")");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  // Only for people: whether the lock is taken is what flock says. The file stays when the run is
  // over, because removing it would race with the next owner.
  const std::string owner = describe_self(repo);
  if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), owner.data(), owner.size(), 0) < 0) {
    throw system_error("write the lock file", path.string(), errno);
  }
  return RunLock(std::move(file));
}

}  // namespace alluvium::code
