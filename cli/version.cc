#include "alluvium/version.h"

#include <fmt/format.h>

#include "cli/program.h"

namespace alluvium::cli {

std::string version_text() {
  const EngineVersions engines = engine_versions();
  return fmt::format("alluvium {}\nApache DataFusion {}, delta-rs {}", version(),
                     engines.datafusion, engines.delta_rs);
}

}  // namespace alluvium::cli
