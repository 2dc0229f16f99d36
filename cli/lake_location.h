#pragma once

#include <filesystem>

namespace alluvium::cli {

/// The lake that a command reads: `given` itself or the `.alluvium` in it; where nothing is given,
/// the nearest `.alluvium` from the current folder upwards, as git finds its repository.
/// Errors: NotFound, with the command to run.
std::filesystem::path find_lake(const std::filesystem::path& given);

}  // namespace alluvium::cli
