#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "code/repository/file_handle.h"

namespace alluvium::code {

/// An open folder whose content is reached without ever leaving it: no component of a path may be
/// a symbolic link or `..`.
///
/// Thread-safety: const access from many threads.
class RootFolder {
 public:
  /// Errors: NotFound, InvalidArgument (not a folder), Io.
  explicit RootFolder(const std::filesystem::path& folder);

  /// Opens what lies at `inner`, a relative path as bytes. Returns an empty handle on failure, with
  /// the reason in errno (ELOOP: a symbolic link is on the way).
  [[nodiscard]] FileHandle open(const std::string& inner, int flags) const;
  /// The status of `inner` itself, links not followed; 0, or an errno.
  [[nodiscard]] int status(const std::string& inner, struct stat& out) const;
  /// Where the link `inner` leads; empty when it can't be read.
  [[nodiscard]] std::string link_target(const std::string& inner) const;
  /// Whether `inner` is a folder when links are followed.
  [[nodiscard]] bool leads_to_folder(const std::string& inner) const;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  FileHandle folder_;
};

}  // namespace alluvium::code
