#include "alluvium/version.h"

#include "bridge/handles.h"

namespace alluvium {

std::string_view version() { return ALLUVIUM_VERSION; }

EngineVersions engine_versions() {
  return {.datafusion = bridge::datafusion_version(), .delta_rs = bridge::delta_rs_version()};
}

}  // namespace alluvium
