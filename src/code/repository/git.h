#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/interrupt.h"
#include "code/repository/child_process.h"

namespace alluvium::code {

/// What git says about where a folder stands.
struct GitFacts {
  /// The folder's path below the top of the work tree, ending in `/`; empty at the top.
  std::string prefix;
  std::string revision;  ///< Of HEAD; empty before the first commit.
  std::string branch;    ///< Empty when HEAD is detached.
  std::string origin;    ///< The URL of the remote `origin` as configured; empty without one.
};

/// One path of a work tree.
struct GitEntry {
  std::string path;  ///< Bytes, relative to the folder.
  bool tracked = false;
  bool symlink = false;  ///< Known from the index, so for tracked paths only.
  bool submodule = false;
};

/// One path of a commit.
struct GitTreeEntry {
  std::string path;  ///< Bytes, relative to the folder.
  std::string object;
  /// What git calls the mode: `100644`, `100755`, `120000` (a link), `160000` (a submodule).
  std::string mode;
  std::int64_t size_bytes = 0;
};

/// Git, asked about one folder in such a way that nothing the repository contains is executed: no
/// hooks, no fsmonitor, no pager, no clean or smudge filters, no lazy fetch from a remote, no
/// environment that points elsewhere. Nothing is written either, not even the index.
///
/// Thread-safety: const access from many threads.
class Git {
 public:
  /// Returns nothing when there is no git, the folder is in no work tree, or git refuses it.
  static std::optional<Git> open(const std::filesystem::path& folder, const Interrupt& interrupt);

  [[nodiscard]] const GitFacts& facts() const { return facts_; }
  /// All tracked and all untracked, not ignored files below the folder.
  [[nodiscard]] std::vector<GitEntry> entries(const Interrupt& interrupt) const;
  /// The commits that `range` means: `A..B` those after A up to B, oldest first, of each merge the
  /// first parent's line; any other name one commit. Errors: InvalidArgument (git knows no such
  /// commits).
  [[nodiscard]] std::vector<std::string> commits(const std::string& range,
                                                 const Interrupt& interrupt) const;
  /// All paths of `commit` below the folder. Errors: Io.
  [[nodiscard]] std::vector<GitTreeEntry> tree(const std::string& commit,
                                               const Interrupt& interrupt) const;
  /// The command that answers on its output what objects hold that are named on its input.
  [[nodiscard]] ChildCommand object_reader() const;
  /// Whether the folder itself is ignored by the work tree that it lies in.
  [[nodiscard]] bool folder_is_ignored(const Interrupt& interrupt) const;
  /// Whether a file below the folder that matches one of `patterns` (`*.py`) differs from HEAD or
  /// is not in it.
  [[nodiscard]] bool differs_from_head(const std::vector<std::string>& patterns,
                                       const Interrupt& interrupt) const;

 private:
  explicit Git(std::filesystem::path folder) : folder_(std::move(folder)) {}
  struct Answer {
    int exit_code;
    std::string text;
  };
  [[nodiscard]] ChildCommand command(const std::vector<std::string>& arguments) const;
  /// Runs git with `arguments`. Returns nothing when there is no git.
  [[nodiscard]] std::optional<Answer> ask(const std::vector<std::string>& arguments,
                                          const Interrupt& interrupt) const;
  void read_configuration(const Interrupt& interrupt);

  std::filesystem::path folder_;
  GitFacts facts_;
  /// Names of configured filters, each to be switched off.
  std::vector<std::string> filters_;
};

/// A remote's URL as a name: `host/path`, without scheme, credentials, default port, query and
/// `.git`. A local path stays a path.
std::string normalise_origin(std::string_view url);

}  // namespace alluvium::code
