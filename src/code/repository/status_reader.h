#pragma once

#include <sys/stat.h>

#include <string>

#include "code/repository/file_handle.h"
#include "code/repository/root_folder.h"

namespace alluvium::code {

/// Looks at one path of a folder after the other, and is quick when those of one inner folder come
/// together: it keeps that one open.
///
/// Thread-safety: one thread at a time.
class StatusReader {
 public:
  explicit StatusReader(const RootFolder& root) : root_(&root) {}

  /// The status of `inner` itself, as `RootFolder::status`; 0, or an errno.
  int status(const std::string& inner, struct stat& out);
  /// Whether no symbolic link lies on the way to what `status` last looked at, so that it is what
  /// `RootFolder::open` would open. (A link that takes a folder's place changes nothing about the
  /// files in it.)
  [[nodiscard]] bool was_reached() const { return static_cast<bool>(folder_); }

 private:
  const RootFolder* root_;
  std::string name_;
  bool is_first_ = true;
  FileHandle folder_;  // none where a link is on the way
};

}  // namespace alluvium::code
