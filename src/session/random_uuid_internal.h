#pragma once

#include <string>

namespace alluvium {

/// A random (version 4) UUID.
std::string random_uuid();

}  // namespace alluvium
