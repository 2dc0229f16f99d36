#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "code/repository/child_process.h"

namespace alluvium::code {

/// For tests: runs git in `folder`, without the settings of who runs the test. Whether it
/// succeeded.
inline bool git(const std::filesystem::path& folder, const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {
      "git", "-C", folder.string(), "-c", "user.name=tests", "-c", "user.email=t@t.t"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const char* const path = std::getenv("PATH");
  const auto result = run_child(
      command, {std::string("PATH=") + (path == nullptr ? "" : path), "HOME=" + folder.string()},
      {});
  return result && result->exit_code == 0;
}

}  // namespace alluvium::code
