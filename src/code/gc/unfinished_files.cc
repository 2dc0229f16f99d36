#include "code/gc/unfinished_files.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <system_error>

#include "code/repository/system_error.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

/// `NAME#NUMBER` is what the object store of the local disk writes to, `_commit_ID.json.tmp` what
/// delta-rs writes a commit to.
bool is_unfinished(std::string_view name) {
  if (name.starts_with("_commit_") && name.ends_with(".json.tmp")) return true;
  const std::size_t mark = name.rfind('#');
  if (mark == std::string_view::npos || mark + 1 == name.size()) return false;
  const std::string_view target = name.substr(0, mark);
  if (!target.ends_with(".parquet") && !target.ends_with(".json") && target != "_last_checkpoint") {
    return false;
  }
  return std::ranges::all_of(name.substr(mark + 1),
                             [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

std::vector<fs::path> unfinished_files(const fs::path& table) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (fs::recursive_directory_iterator entry(table, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code ignored;
    if (is_unfinished(entry->path().filename().string()) && entry->is_regular_file(ignored)) {
      files.push_back(entry->path());
    }
  }
  if (failure) throw system_error("read the folder", table.string(), failure.value());
  return files;
}

}  // namespace alluvium::code
