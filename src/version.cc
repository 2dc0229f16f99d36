#include "alluvium/version.h"

namespace alluvium {

std::string_view version() { return ALLUVIUM_VERSION; }

}  // namespace alluvium
