#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace alluvium::code {

/// What a folder is that is named as a lake.
enum class LakeState {
  Free,   ///< Missing, or with nothing in it but what the first moments of a lake make.
  Begun,  ///< A lake: the table `runs` is there.
  Other,  ///< A folder with something else in it.
};

/// Where a lake keeps its parts: one folder a table, named as the table; beside them what is no
/// table and may be deleted at any time.
class LakeLayout {
 public:
  explicit LakeLayout(std::filesystem::path folder) : folder_(std::move(folder)) {}

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path table(std::string_view name) const { return folder_ / name; }
  [[nodiscard]] std::string uri(std::string_view name) const { return table(name).string(); }
  [[nodiscard]] std::filesystem::path locks() const { return folder_ / "locks"; }
  /// Where runs keep for the next one how they found the files (`StatCache`).
  [[nodiscard]] std::filesystem::path stat() const { return folder_ / "stat"; }
  /// Where the scripts for other engines are.
  [[nodiscard]] std::filesystem::path views() const { return folder_ / "views"; }

  /// What the folder is now. Errors: InvalidArgument (not a folder), Io.
  [[nodiscard]] LakeState state() const;

  /// Fails with InvalidArgument when the folder has something else in it than a lake, or is no
  /// folder. Errors: Io too.
  void check_free() const;

  /// Makes the folder, and the `.gitignore` by which a lake inside a work tree ignores itself.
  /// Errors: InvalidArgument (a folder with something else in it, or no folder), Io,
  /// ResourceExhausted.
  void prepare() const;

 private:
  [[nodiscard]] bool has_runs() const;

  std::filesystem::path folder_;
};

/// Writes `text` to `path` so that a reader sees the old or the new file, never a part.
/// Errors: Io, ResourceExhausted.
void replace_file(const std::filesystem::path& path, std::string_view text);

/// Makes the folder `path` and those above it. Errors: Io, ResourceExhausted.
void make_folders(const std::filesystem::path& path);

}  // namespace alluvium::code
