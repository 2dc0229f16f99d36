#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

namespace alluvium::code {

/// For tests: writes a file, with the folders above it.
inline void write_file(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace alluvium::code
