#pragma once

#include <filesystem>
#include <vector>

#include "code/publish/lake_layout.h"

namespace alluvium::code {

/// Files below the folder of a lake's table that the engine writes under a name of their own until
/// they are complete, and that it doesn't list: a process that was killed meanwhile left them.
/// Errors: Io.
std::vector<std::filesystem::path> unfinished_files(const std::filesystem::path& table);

}  // namespace alluvium::code
