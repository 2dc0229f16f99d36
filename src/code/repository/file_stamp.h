#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace alluvium::code {

/// What a file system tells of a file beside its size and its bytes: enough to see that it is the
/// one that was looked at before, and that nobody wrote to it since.
///
/// Times are nanoseconds since the start of 1970, UTC; one that doesn't fit is the nearest that
/// does.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t modified_ns = 0;
  /// When the inode last changed. A writer can set `modified_ns` back, and not this.
  std::int64_t changed_ns = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

FileStamp stamp_of(const struct stat& status);

/// The machine's time, in nanoseconds since the start of 1970, UTC.
std::int64_t now_ns();

}  // namespace alluvium::code
