#include "code/gc/retired_tables.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <system_error>

#include "code/gc/unfinished_files.h"
#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

/// In `folder` and the folders in it; none that a link leads to.
template <typename Keep>
std::vector<fs::path> found_in(const fs::path& folder, const Keep& keep) {
  std::vector<fs::path> found;
  std::error_code failure;
  for (fs::recursive_directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (keep(entry->path(), entry->symlink_status(failure))) found.push_back(entry->path());
  }
  if (failure) throw system_error("read the folder", folder.string(), failure.value());
  return found;
}

}  // namespace

bool is_retired(std::string_view table) {
  return std::ranges::find(kRetiredTables, table) != kRetiredTables.end();
}

TableFiles files_of(const fs::path& folder) {
  TableFiles files;
  const auto is_file = [](const fs::path&, const fs::file_status& status) {
    return fs::is_regular_file(status);
  };
  std::vector<fs::path> unfinished = unfinished_files(folder);
  std::ranges::sort(unfinished);
  for (fs::path& path : found_in(folder, is_file)) {
    const std::string top = path.lexically_relative(folder).begin()->string();
    if (top == "_delta_log") {
      files.log.push_back(std::move(path));
    } else if (path.extension() == ".parquet" || std::ranges::binary_search(unfinished, path)) {
      (top == "_change_data" ? files.changes : files.data).push_back(std::move(path));
    }
  }
  // From the end; `_last_checkpoint` first, and a checkpoint after the commit of its version.
  std::ranges::sort(files.log, std::greater());
  return files;
}

void remove_empty_folders(const fs::path& folder) {
  std::vector<fs::path> folders = {folder};
  std::ranges::move(
      found_in(folder, [](const fs::path&,
                          const fs::file_status& status) { return fs::is_directory(status); }),
      std::back_inserter(folders));
  // Those inside before those that they lie in.
  std::ranges::sort(folders, std::greater());
  std::error_code has_something;
  for (const fs::path& empty : folders) fs::remove(empty, has_something);
}

}  // namespace alluvium::code
