#pragma once

#include <string_view>

namespace alluvium::code {

/// The folder of a file, to the slash behind it; empty at the top.
inline std::string_view folder_of(std::string_view path) {
  return path.substr(0, path.rfind('/') + 1);
}

/// Whether pytest shows what the file has to all tests in its folder and below.
inline bool is_conftest(std::string_view path) {
  return path.substr(folder_of(path).size()) == "conftest.py";
}

}  // namespace alluvium::code
