#include "code/repository/file_stamp.h"

#include <ctime>
#include <limits>

namespace alluvium::code {
namespace {

/// A file's times are whatever somebody set them to.
std::int64_t in_ns(const timespec& time) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::int64_t nanoseconds = 0;
  if (__builtin_mul_overflow(std::int64_t{time.tv_sec}, kSecond, &nanoseconds) ||
      __builtin_add_overflow(nanoseconds, std::int64_t{time.tv_nsec}, &nanoseconds)) {
    return time.tv_sec < 0 ? std::numeric_limits<std::int64_t>::min()
                           : std::numeric_limits<std::int64_t>::max();
  }
  return nanoseconds;
}

}  // namespace

FileStamp stamp_of(const struct stat& status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .modified_ns = in_ns(status.st_mtim),
          .changed_ns = in_ns(status.st_ctim)};
}

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return in_ns(now);
}

}  // namespace alluvium::code
