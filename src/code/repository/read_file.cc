#include "code/repository/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "code/repository/root_folder.h"
#include "code/repository/source_path.h"

namespace alluvium::code {
namespace {

/// Opens and checks; on success `size` is what the file system says.
FileHandle open_file(const RootFolder& root, std::string_view path, std::uint64_t max_bytes,
                     std::uint64_t& size, std::string& failure) {
  // Without O_NONBLOCK, opening a named pipe would wait for its writer.
  FileHandle file = root.open(unescape_source_path(path), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) {
    failure = errno == ELOOP || errno == EXDEV
                  ? "a symbolic link lies on the way; links are not followed"
                  : "the file can't be read: " + std::generic_category().message(errno);
    return {};
  }
  size = static_cast<std::uint64_t>(status.st_size);
  if (!S_ISREG(status.st_mode)) {
    failure = "neither a file nor a folder";
  } else if (size > max_bytes) {
    failure = "the file has " + std::to_string(size) + " bytes; the limit is " +
              std::to_string(max_bytes);
  }
  return failure.empty() ? std::move(file) : FileHandle();
}

FileContent read_content(const RootFolder& root, std::string_view path, std::uint64_t max_bytes) {
  FileContent content;
  std::uint64_t size = 0;
  const FileHandle file = open_file(root, path, max_bytes, size, content.failure);
  if (!file) return content;
  // One byte more than expected: a file that grew is noticed at the same read.
  content.bytes.resize(size + 1);
  std::size_t filled = 0;
  while (true) {
    const ssize_t count =
        ::read(file.get(), content.bytes.data() + filled, content.bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      content.failure = "the file can't be read: " + std::generic_category().message(errno);
      return content;
    }
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
    if (filled > max_bytes) {
      content.failure = "the file grew beyond the limit of " + std::to_string(max_bytes) +
                        " bytes while it was read";
      return content;
    }
    if (filled == content.bytes.size()) content.bytes.resize(filled * 2);
  }
  content.bytes.resize(filled);
  return content;
}

class FolderFiles final : public FileSource {
 public:
  explicit FolderFiles(const std::filesystem::path& root) : root_(root) {}

  [[nodiscard]] FileContent read(std::string_view path, std::uint64_t max_bytes) const override {
    return read_content(root_, path, max_bytes);
  }

 private:
  RootFolder root_;
};

/// Calls `append` with each path of the argument column, nulls passed on.
template <typename Append>
ScalarFunction::Kernel each_path(Append append) {
  return [append](std::span<const ColumnView> arguments, std::int64_t rows, ColumnBuilder& result) {
    const ColumnView& paths = arguments[0];
    for (std::int64_t row = 0; row < rows; ++row) {
      if (paths.is_null(row)) {
        result.append_null();
      } else {
        append(paths.bytes(row), result);
      }
    }
  };
}

}  // namespace

std::optional<std::string> read_inner_file(const RootFolder& root, std::string_view path,
                                           std::uint64_t max_bytes) {
  FileContent content = read_content(root, path, max_bytes);
  if (!content.failure.empty()) return std::nullopt;
  return std::move(content.bytes);
}

std::shared_ptr<const FileSource> files_of_folder(const std::filesystem::path& root) {
  return std::make_shared<const FolderFiles>(root);
}

FunctionSet file_functions(std::shared_ptr<const FileSource> files, std::uint64_t max_bytes,
                           std::shared_ptr<std::atomic<std::uint64_t>> files_read) {
  const std::vector<ScalarFunction::Parameter> parameters = {
      {.name = "path", .type = utf8(), .description = "a path inside the repository"}};

  ScalarFunction read{
      .name = "read_file",
      .parameters = parameters,
      .returns = {.name = "content", .type = binary()},
      .volatility = Volatility::Volatile,
      .kernel = each_path([files, max_bytes, files_read = std::move(files_read)](
                              std::string_view path, ColumnBuilder& result) {
        const FileContent content = files->read(path, max_bytes);
        if (files_read) files_read->fetch_add(1, std::memory_order_relaxed);
        if (content.failure.empty()) {
          result.append(std::string_view(content.bytes));
        } else {
          result.append_null();
        }
      }),
      .documentation = {.description =
                            "The bytes of a file of the repository; null when they can't be had."}};

  ScalarFunction failure{
      .name = "read_failure",
      .parameters = parameters,
      .returns = {.name = "failure", .type = utf8()},
      .volatility = Volatility::Volatile,
      .kernel = each_path([files, max_bytes](std::string_view path, ColumnBuilder& result) {
        const FileContent content = files->read(path, max_bytes);
        if (content.failure.empty()) {
          result.append_null();
        } else {
          result.append(std::string_view(content.failure));
        }
      }),
      .documentation = {.description =
                            "Why `read_file` gives null for a path; null when it doesn't."}};
  return {.scalars = {std::move(read), std::move(failure)}};
}

}  // namespace alluvium::code
