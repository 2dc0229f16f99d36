#include "code/repository/root_folder.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "code/repository/source_path.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

/// Opens component by component, for kernels and sandboxes without openat2.
FileHandle open_stepwise(int root, std::string_view inner, int flags) {
  FileHandle folder;
  int at = root;
  while (true) {
    const std::size_t slash = inner.find('/');
    const std::string component(inner.substr(0, slash));
    if (slash == std::string_view::npos) {
      return FileHandle(::openat(at, component.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
    }
    FileHandle next(::openat(at, component.c_str(), O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC));
    if (!next) {
      // O_DIRECTORY makes a link fail with ENOTDIR; say what it is.
      struct stat status{};
      if (errno == ENOTDIR && ::fstatat(at, component.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = S_ISLNK(status.st_mode) ? ELOOP : ENOTDIR;
      }
      return {};
    }
    folder = std::move(next);
    at = folder.get();
    inner.remove_prefix(slash + 1);
  }
}

}  // namespace

RootFolder::RootFolder(const std::filesystem::path& folder)
    : path_(folder), folder_(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (folder_) return;
  if (errno == ENOTDIR) {
    throw Error(ErrorCode::InvalidArgument,
                "`" + folder.string() + "` is not a folder; name the folder of a repository", false,
                {{"path", folder.string()}});
  }
  throw system_error("open the folder", folder.string(), errno);
}

FileHandle RootFolder::open(const std::string& inner, int flags) const {
  if (inner != "." && !is_inner_path(inner)) {
    errno = EINVAL;
    return {};
  }
  open_how how{};
  how.flags = static_cast<__u64>(flags) | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const long descriptor = ::syscall(SYS_openat2, folder_.get(), inner.c_str(), &how, sizeof(how));
  if (descriptor >= 0) return FileHandle(static_cast<int>(descriptor));
  if (errno == ENOSYS || errno == EPERM) return open_stepwise(folder_.get(), inner, flags);
  return {};
}

int RootFolder::status(const std::string& inner, struct stat& out) const {
  return ::fstatat(folder_.get(), inner.c_str(), &out, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
}

std::string RootFolder::link_target(const std::string& inner) const {
  std::array<char, 4096> buffer{};
  const ssize_t length = ::readlinkat(folder_.get(), inner.c_str(), buffer.data(), buffer.size());
  return length < 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(length));
}

bool RootFolder::leads_to_folder(const std::string& inner) const {
  struct stat status{};
  return ::fstatat(folder_.get(), inner.c_str(), &status, 0) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace alluvium::code
