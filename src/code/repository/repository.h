#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "code/repository/file_source.h"
#include "code/repository/file_stamp.h"

namespace alluvium::code {

/// A source file as it was found.
struct SourceFile {
  std::string path;  ///< In text form: see `escape_source_path`.
  std::int64_t size_bytes = 0;
  std::string language;
  /// Nothing in a commit, and of a file that only a symbolic link on the way leads to: that can't
  /// be read.
  std::optional<FileStamp> stamp = std::nullopt;
};

/// Something with the name of a source file, or a linked folder, that is not read.
struct SkippedEntry {
  std::string path;
  std::string code;  ///< `symlink`, `not-a-regular-file`, `unreadable-folder`.
  std::string message;
};

/// What of a repository there is to index. All lists are sorted by path.
struct Listing {
  std::vector<SourceFile> sources;
  /// pyproject.toml, setup.py and setup.cfg, wherever they are: they tell where source roots are.
  std::vector<std::string> markers;
  std::vector<SkippedEntry> skipped;
  /// The machine's time before the first of the files was looked at (`now_ns`); 0 of a commit.
  std::int64_t begun_ns = 0;

  /// The size of all source files.
  [[nodiscard]] std::uint64_t source_bytes() const;
};

/// Source files that only an index knows to be such: language by path (bytes).
using OtherSources = std::unordered_map<std::string, std::string>;

/// A repository's place in its history. All empty without git.
struct Revision {
  std::string branch;
  std::string commit;
  /// A source file or marker differs from `commit`, or there is no commit.
  bool dirty = false;
};

/// A folder with source files, under git or not. Nothing in it is executed, and nothing is read as
/// configuration but git's own lists of what to ignore.
///
/// Thread-safety: one thread at a time.
class Repository {
 public:
  /// Opens `folder`; `lake` is left out of the listing when it lies inside. `others` are source
  /// files too, when they are there: paths (bytes) of files with the language of each. Errors:
  /// NotFound, InvalidArgument (not a folder), Io, Cancelled.
  static Repository open(const std::filesystem::path& folder, const std::filesystem::path& lake,
                         const Interrupt& interrupt, const OtherSources& others = {});

  /// The folder as it was in a commit, whatever is checked out: links and submodules are not read.
  /// Errors: as `open`; InvalidArgument where there is no git; Io.
  static Repository at(const std::filesystem::path& folder, const std::string& commit,
                       const Interrupt& interrupt);
  /// The commits that `range` means (`Git::commits`) in the work tree that `folder` lies in.
  /// Errors: as `at`.
  static std::vector<std::string> commits(const std::filesystem::path& folder,
                                          const std::string& range, const Interrupt& interrupt);

  /// The folder, absolute and without links.
  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] const Revision& revision() const { return revision_; }
  /// Where the repository comes from: the normalised URL of its remote `origin`, with the folder's
  /// place below the top of the work tree; empty when there is none.
  [[nodiscard]] const std::string& origin() const { return origin_; }
  [[nodiscard]] const Listing& listing() const { return listing_; }
  /// Reads what is listed.
  [[nodiscard]] const std::shared_ptr<const FileSource>& files() const { return files_; }

 private:
  std::filesystem::path root_;
  Revision revision_;
  std::string origin_;
  Listing listing_;
  std::shared_ptr<const FileSource> files_;
};

/// The language of a file by its name; empty for what is no source file.
std::string_view language_of(std::string_view path);

}  // namespace alluvium::code
