#pragma once

#include <string_view>

namespace alluvium {

/// Returns the version of the library that is loaded, as `major.minor.patch`.
std::string_view version();

/// The versions of the engines that are linked in.
struct EngineVersions {
  std::string_view datafusion;
  std::string_view delta_rs;
};
EngineVersions engine_versions();

}  // namespace alluvium
