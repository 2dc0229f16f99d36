#pragma once

#include <array>
#include <filesystem>
#include <string_view>
#include <vector>

namespace alluvium::code {

/// Tables that runs of older formats kept for the next run, and that none makes or reads any more.
/// A name that goes out of use is added here, and never used again.
inline constexpr std::array<std::string_view, 4> kRetiredTables = {"_digests", "_file_interfaces",
                                                                   "_file_outcomes", "_interfaces"};

bool is_retired(std::string_view table);

/// The files that a Delta table consists of, parts of such files included. What else lies in its
/// folder, links and what they lead to are none.
struct TableFiles {
  std::vector<std::filesystem::path> data;
  std::vector<std::filesystem::path> changes;
  /// In the order in which they may go: what is left, should it not come to an end, is the table as
  /// it once was.
  std::vector<std::filesystem::path> log;
};

/// Those of the table in `folder`. Errors: Io.
TableFiles files_of(const std::filesystem::path& folder);

/// Removes `folder` and those in it, as far as nothing else is in them.
void remove_empty_folders(const std::filesystem::path& folder);

}  // namespace alluvium::code
