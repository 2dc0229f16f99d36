#pragma once

#include <filesystem>
#include <system_error>

namespace alluvium::code {

/// Whether `path` is a folder itself: a link to one may lead to anything.
inline bool is_own_folder(const std::filesystem::path& path) {
  std::error_code failure;
  return std::filesystem::is_directory(std::filesystem::symlink_status(path, failure)) && !failure;
}

}  // namespace alluvium::code
