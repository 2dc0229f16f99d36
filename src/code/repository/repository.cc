#include "code/repository/repository.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include "alluvium/error.h"
#include "code/repository/commit_files.h"
#include "code/repository/git.h"
#include "code/repository/interruption.h"
#include "code/repository/root_folder.h"
#include "code/repository/source_path.h"
#include "code/repository/status_reader.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

/// Folders that a walk without git leaves out: what tools make, and what is installed.
constexpr std::array<std::string_view, 10> kNotWalked = {
    ".git",        "__pycache__",   ".venv",       "venv", "node_modules",
    ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", ".alluvium"};

/// Linux's PATH_MAX.
constexpr std::uint64_t kLongestLink = 4096;

/// What git is asked for when it shall say whether sources were changed.
const std::vector<std::string> kSourcePatterns = {"*.py", "*.pyi", "*pyproject.toml", "*setup.cfg"};

std::vector<std::string> source_patterns(const OtherSources& others) {
  std::set<std::string> extensions;
  for (const auto& [path, language] : others) {
    const std::size_t dot = path.rfind('.');
    if (dot == std::string::npos) continue;
    const std::string extension = path.substr(dot + 1);
    const bool plain = std::all_of(extension.begin(), extension.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
    if (plain && !extension.empty()) extensions.insert("*." + extension);
  }
  std::vector<std::string> patterns = kSourcePatterns;
  patterns.insert(patterns.end(), extensions.begin(), extensions.end());
  return patterns;
}

std::string_view file_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_marker(std::string_view path) {
  const std::string_view name = file_name(path);
  return name == "pyproject.toml" || name == "setup.py" || name == "setup.cfg";
}

/// The path of `inner` relative to `outer`, or empty when it does not lie below.
std::string place_below(const fs::path& outer, const fs::path& inner) {
  const fs::path relative = inner.lexically_relative(outer);
  if (relative.empty() || relative == "." || *relative.begin() == "..") return "";
  return relative.generic_string();
}

/// `path` is in text form, `target` bytes.
SkippedEntry symlink_entry(const std::string& path, const std::string& target) {
  return {path, "symlink",
          "a symbolic link to `" + escape_source_path(target) + "`; links are not followed"};
}

void add_folders_above(std::string_view path, std::set<std::string>& folders) {
  for (std::size_t end = path.rfind('/'); end != std::string_view::npos;
       end = path.substr(0, end).rfind('/')) {
    if (!folders.emplace(path.substr(0, end)).second) return;
  }
}

void sort_by_path(Listing& listing) {
  const auto by_path = [](const auto& a, const auto& b) { return a.path < b.path; };
  std::sort(listing.sources.begin(), listing.sources.end(), by_path);
  std::sort(listing.markers.begin(), listing.markers.end());
  std::sort(listing.skipped.begin(), listing.skipped.end(), by_path);
}

/// Sorts what is found into a listing.
class ListingBuilder {
 public:
  ListingBuilder(const RootFolder& root, std::string lake, const OtherSources& others)
      : root_(&root), reader_(root), lake_(std::move(lake)), others_(&others) {
    listing_.begun_ns = now_ns();
  }

  /// Adds the entry at `path` (bytes), which may be anything. `symlink` says that it is known to be
  /// one.
  void add(const std::string& path, bool symlink) {
    std::string_view language = language_of(path);
    if (language.empty()) {
      const auto other = others_->find(path);
      if (other != others_->end()) language = other->second;
    }
    const bool source = !language.empty();
    const bool marker = is_marker(path);
    if (in_lake(path) || (!source && !marker && !symlink)) return;
    struct stat status{};
    // What git's index has may be gone from the work tree.
    if (reader_.status(path, status) != 0) return;
    if (S_ISLNK(status.st_mode)) {
      if (source || root_->leads_to_folder(path)) add_symlink(path);
    } else if (!S_ISREG(status.st_mode)) {
      if (source && !S_ISDIR(status.st_mode)) {
        listing_.skipped.push_back({escape_source_path(path), "not-a-regular-file",
                                    "neither a file nor a folder; it is not read"});
      }
    } else {
      if (marker) listing_.markers.push_back(escape_source_path(path));
      if (source) {
        SourceFile& file = listing_.sources.emplace_back(
            SourceFile{escape_source_path(path), status.st_size, std::string(language)});
        if (reader_.was_reached()) file.stamp = stamp_of(status);
      }
    }
  }

  void add_unreadable_folder(const std::string& path, int error_number) {
    listing_.skipped.push_back(
        {escape_source_path(path), "unreadable-folder",
         "the folder can't be read: " + std::generic_category().message(error_number)});
  }

  [[nodiscard]] bool in_lake(std::string_view path) const {
    return !lake_.empty() && path.starts_with(lake_) &&
           (path.size() == lake_.size() || path[lake_.size()] == '/');
  }
  [[nodiscard]] bool has_sources() const { return !listing_.sources.empty(); }

  Listing finish() {
    sort_by_path(listing_);
    return std::move(listing_);
  }

 private:
  void add_symlink(const std::string& path) {
    listing_.skipped.push_back(symlink_entry(escape_source_path(path), root_->link_target(path)));
  }

  const RootFolder* root_;
  StatusReader reader_;
  std::string lake_;
  const OtherSources* others_;
  Listing listing_;
};

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

/// The kind of file that an entry of a folder is, as `stat` has it; 0 when it is gone. Most file
/// systems tell it with the name.
mode_t mode_of(const RootFolder& root, const std::string& path, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return DTTOIF(entry.d_type);
  struct stat status{};
  return root.status(path, status) == 0 ? status.st_mode : 0;
}

/// Adds all below `root`, except for the folders that a walk leaves out.
void walk(const RootFolder& root, ListingBuilder& listing, const Interrupt& interrupt) {
  std::vector<std::string> folders = {""};
  while (!folders.empty()) {
    throw_if_interrupted(interrupt, "listing files");
    const std::string folder = std::move(folders.back());
    folders.pop_back();
    const std::string prefix = folder.empty() ? "" : folder + "/";
    FileHandle handle = root.open(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
    std::unique_ptr<DIR, CloseDirectory> directory;
    if (handle) {
      directory.reset(::fdopendir(handle.get()));
      if (directory) handle.release();
    }
    if (!directory) {
      if (folder.empty()) throw system_error("read the folder", root.path().string(), errno);
      listing.add_unreadable_folder(folder, errno);
      continue;
    }
    while (const dirent* entry = ::readdir(directory.get())) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      const std::string path = prefix + name;
      const mode_t mode = mode_of(root, path, *entry);
      if (mode == 0) continue;
      if (!S_ISDIR(mode)) {
        listing.add(path, S_ISLNK(mode));
      } else if (std::find(kNotWalked.begin(), kNotWalked.end(), name) == kNotWalked.end() &&
                 !listing.in_lake(path)) {
        folders.push_back(path);
      }
    }
  }
}

fs::path canonical_root(const fs::path& folder) {
  std::error_code failure;
  fs::path root = fs::canonical(folder, failure);
  if (failure) throw system_error("open the repository", folder.string(), failure.value());
  return root;
}

Git git_of(const fs::path& root, const Interrupt& interrupt) {
  std::optional<Git> git = Git::open(root, interrupt);
  if (git) return *std::move(git);
  throw Error(ErrorCode::InvalidArgument,
              "`" + root.string() +
                  "` is in no git work tree (or there is no git, or git refuses the folder), so it "
                  "has no revisions",
              false, {{"path", root.string()}});
}

std::string join_origin(const GitFacts& facts) {
  std::string origin = normalise_origin(facts.origin);
  if (origin.empty()) return origin;
  if (!facts.prefix.empty()) origin += "/" + facts.prefix.substr(0, facts.prefix.size() - 1);
  return escape_source_path(origin);
}

}  // namespace

std::uint64_t Listing::source_bytes() const {
  std::uint64_t bytes = 0;
  for (const SourceFile& file : sources) bytes += static_cast<std::uint64_t>(file.size_bytes);
  return bytes;
}

std::string_view language_of(std::string_view path) {
  return path.ends_with(".py") || path.ends_with(".pyi") ? "python" : "";
}

Repository Repository::open(const fs::path& folder, const fs::path& lake,
                            const Interrupt& interrupt, const OtherSources& others) {
  const fs::path root = canonical_root(folder);
  const RootFolder handle(root);
  std::error_code failure;
  const std::string inner_lake = place_below(root, fs::weakly_canonical(lake, failure));
  Repository repository;
  repository.root_ = root;

  ListingBuilder listing(handle, inner_lake, others);
  std::optional<Git> git = Git::open(root, interrupt);
  if (git) {
    for (const GitEntry& entry : git->entries(interrupt)) {
      // An untracked path may be a link to a folder; the index says it of a tracked one.
      if (!entry.submodule) listing.add(entry.path, entry.symlink || !entry.tracked);
    }
    // A package unpacked into a folder that another project's work tree ignores.
    if (!listing.has_sources() && git->folder_is_ignored(interrupt)) git.reset();
  }
  if (git) {
    repository.origin_ = join_origin(git->facts());
    repository.revision_ = {git->facts().branch, git->facts().revision,
                            git->differs_from_head(source_patterns(others), interrupt)};
  } else {
    listing = ListingBuilder(handle, inner_lake, others);
    walk(handle, listing, interrupt);
  }
  repository.listing_ = listing.finish();
  repository.files_ = files_of_folder(root);
  return repository;
}

Repository Repository::at(const fs::path& folder, const std::string& commit,
                          const Interrupt& interrupt) {
  Repository repository;
  repository.root_ = canonical_root(folder);
  const Git git = git_of(repository.root_, interrupt);
  repository.origin_ = join_origin(git.facts());
  repository.revision_ = {.branch = "", .commit = commit, .dirty = false};
  CommitObjects objects;
  std::vector<std::string> links;
  std::set<std::string> folders;
  Listing& listing = repository.listing_;
  for (const GitTreeEntry& entry : git.tree(commit, interrupt)) {
    add_folders_above(entry.path, folders);
    std::string path = escape_source_path(entry.path);
    const bool is_link = entry.mode == "120000";
    if (!is_link && !entry.mode.starts_with("100")) continue;
    if (is_link) {
      links.push_back(entry.path);
    } else {
      const std::string_view language = language_of(entry.path);
      if (is_marker(entry.path)) listing.markers.push_back(path);
      if (language.empty()) continue;
      listing.sources.push_back({path, entry.size_bytes, std::string(language)});
    }
    objects.emplace(std::move(path),
                    CommitObject{entry.object, static_cast<std::uint64_t>(entry.size_bytes)});
  }
  repository.files_ = files_of_commit(git, std::move(objects));
  for (const std::string& link : links) {
    const std::string path = escape_source_path(link);
    const std::string target = repository.files_->read(path, kLongestLink).bytes;
    const fs::path end = (fs::path(link).parent_path() / target).lexically_normal();
    if (!language_of(link).empty() || folders.contains(end.generic_string())) {
      listing.skipped.push_back(symlink_entry(path, target));
    }
  }
  sort_by_path(listing);
  return repository;
}

std::vector<std::string> Repository::commits(const fs::path& folder, const std::string& range,
                                             const Interrupt& interrupt) {
  return git_of(canonical_root(folder), interrupt).commits(range, interrupt);
}

}  // namespace alluvium::code
