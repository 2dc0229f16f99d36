#pragma once

#include <filesystem>

#include "alluvium/code/index.h"

namespace alluvium::code {

/// The folder of the lake that `request` writes to, absolute and, as far as it is there, without
/// links.
std::filesystem::path lake_folder(const IndexRequest& request);

}  // namespace alluvium::code
