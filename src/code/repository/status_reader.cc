#include "code/repository/status_reader.h"

#include <fcntl.h>

#include <cerrno>
#include <string_view>

namespace alluvium::code {

int StatusReader::status(const std::string& inner, struct stat& out) {
  const std::size_t slash = inner.rfind('/');
  const bool is_nested = slash != std::string::npos;
  const std::string_view folder =
      is_nested ? std::string_view(inner).substr(0, slash) : std::string_view(".");
  if (is_first_ || folder != name_) {
    is_first_ = false;
    name_ = folder;
    folder_ = root_->open(name_, O_PATH | O_DIRECTORY);
  }
  if (!folder_) return root_->status(inner, out);
  const char* const name = inner.c_str() + (is_nested ? slash + 1 : 0);
  return ::fstatat(folder_.get(), name, &out, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
}

}  // namespace alluvium::code
