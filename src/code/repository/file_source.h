#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace alluvium::code {

/// A file's bytes, or why there are none.
struct FileContent {
  std::string bytes;
  std::string failure;
};

/// Where the bytes of a repository's files come from.
///
/// Thread-safety: const access from many threads.
class FileSource {
 public:
  FileSource() = default;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  virtual ~FileSource() = default;

  /// The file at `path` (in text form: see `escape_source_path`), of at most `max_bytes`.
  [[nodiscard]] virtual FileContent read(std::string_view path, std::uint64_t max_bytes) const = 0;
};

/// The regular files below a folder, as they are when they are read. A path that leaves it, or a
/// symbolic link on the way, is a failure. Errors: as `RootFolder`.
std::shared_ptr<const FileSource> files_of_folder(const std::filesystem::path& root);

}  // namespace alluvium::code
