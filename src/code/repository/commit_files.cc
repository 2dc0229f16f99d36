#include "code/repository/commit_files.h"

#include <charconv>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "code/repository/child_process.h"

namespace alluvium::code {
namespace {

/// `git cat-file --batch`: asked for one object a line, it answers `object type size`, a line's
/// end, the bytes and another line's end; or `object missing`.
class CommitFiles final : public FileSource {
 public:
  CommitFiles(ChildCommand reader, CommitObjects objects)
      : reader_(std::move(reader)), objects_(std::move(objects)) {}

  [[nodiscard]] FileContent read(std::string_view path, std::uint64_t max_bytes) const override {
    const auto found = objects_.find(std::string(path));
    if (found == objects_.end()) return {.bytes = {}, .failure = "the commit has no such file"};
    const CommitObject& object = found->second;
    // Git gives an object as a whole, or not at all.
    if (object.size_bytes > max_bytes) {
      return {.bytes = {},
              .failure = "the file has " + std::to_string(object.size_bytes) +
                         " bytes; the limit is " + std::to_string(max_bytes)};
    }
    const std::lock_guard lock(mutex_);
    if (!git_) git_.emplace(reader_);
    git_->say(object.id + "\n");
    const std::string header = git_->hear_line();
    const std::size_t space = header.rfind(' ');
    std::uint64_t size = 0;
    const auto [end, error] =
        std::from_chars(header.data() + space + 1, header.data() + header.size(), size);
    if (space == std::string::npos || error != std::errc() ||
        end != header.data() + header.size()) {
      return {.bytes = {},
              .failure =
                  "git lacks the file's content (a partial clone fetches it when the commit "
                  "is checked out)"};
    }
    std::string bytes = git_->hear(size);
    git_->hear(1);
    return {.bytes = std::move(bytes), .failure = {}};
  }

 private:
  ChildCommand reader_;
  CommitObjects objects_;
  mutable std::mutex mutex_;
  mutable std::optional<Dialogue> git_;
};

}  // namespace

std::shared_ptr<const FileSource> files_of_commit(const Git& git, CommitObjects objects) {
  return std::make_shared<const CommitFiles>(git.object_reader(), std::move(objects));
}

}  // namespace alluvium::code
