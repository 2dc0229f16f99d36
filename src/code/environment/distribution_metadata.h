#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::code {

// What the files in a distribution's *.dist-info or *.egg-info folder say, as text from outside:
// all of it may be wrong.

/// What a distribution is called.
struct DistributionName {
  std::string name;
  std::string version;
};

/// Reads METADATA or PKG-INFO (the core metadata specification). Nothing when a name or a version
/// is missing, empty, not UTF-8 or longer than 500 bytes.
std::optional<DistributionName> parse_core_metadata(std::string_view text);

/// Reads top_level.txt: names between white space.
std::set<std::string> parse_top_level(std::string_view text);

/// Reads RECORD: the first field of each line of comma-separated values.
std::vector<std::string> parse_record(std::string_view text);

/// Reads an .egg-info folder's installed-files.txt: a path a line, from that folder on. The paths
/// are given from the folder around it on; others are left out.
std::vector<std::string> parse_installed_files(std::string_view text);

/// The name that the file at `path`, from site-packages on, is imported by: `a.b` of a/b.py,
/// a/b/__init__.py and a/b.cpython-313-x86_64-linux-gnu.so. Nothing when it is no module.
std::optional<std::string> module_at(std::string_view path);

/// The names that such files can be imported by at the top, folders without __init__.py included.
/// This is what importlib.metadata infers without top_level.txt, but for files that are no modules.
std::set<std::string> top_level_of(const std::vector<std::string>& paths);

/// How names of distributions are compared: runs of `-`, `_` and `.` are all one, as are cases.
std::string normalized_name(std::string_view name);

}  // namespace alluvium::code
