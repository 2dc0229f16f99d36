#include "code/publish/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "code/publish/utc_time.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

int operation_of(LockMode mode) { return mode == LockMode::Shared ? LOCK_SH : LOCK_EX; }

/// False where the lock is held and `operation` doesn't wait.
bool take(const FileHandle& file, const std::filesystem::path& path, int operation) {
  while (::flock(file.get(), operation) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return false;
    throw system_error("lock the file", path.string(), errno);
  }
  return true;
}

}  // namespace

FileHandle open_lock(const std::filesystem::path& path) {
  FileHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!file) throw system_error("open the lock file", path.string(), errno);
  return file;
}

bool try_lock(const FileHandle& file, const std::filesystem::path& path, LockMode mode) {
  return take(file, path, operation_of(mode) | LOCK_NB);
}

void lock(const FileHandle& file, const std::filesystem::path& path, LockMode mode) {
  take(file, path, operation_of(mode));
}

std::string read_owner(const FileHandle& file) {
  std::array<char, 1024> text{};
  const ssize_t count = ::pread(file.get(), text.data(), text.size(), 0);
  std::string owner(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  if (const std::size_t end = owner.find('\n'); end != std::string::npos) owner.resize(end);
  return owner.empty() ? "another process" : owner;
}

void write_owner(const FileHandle& file, const std::filesystem::path& path, std::string_view what) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const std::string owner = "process " + std::to_string(::getpid()) + " on " + host.data() +
                            " since " + utc_text(utc_now()) + ", " + std::string(what) + "\n";
  if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), owner.data(), owner.size(), 0) < 0) {
    throw system_error("write the lock file", path.string(), errno);
  }
}

}  // namespace alluvium::code
