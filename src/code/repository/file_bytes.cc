#include "code/repository/file_bytes.h"

#include <unistd.h>

#include <cerrno>

namespace alluvium::code {

std::optional<std::size_t> read_at(const FileHandle& file, char* out, std::size_t size,
                                   std::int64_t offset) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(file.get(), out + done, size - done,
                                  static_cast<off_t>(offset) + static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

bool write_all(const FileHandle& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace alluvium::code
