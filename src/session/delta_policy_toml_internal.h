#pragma once

#include <string>

#include "alluvium/session/delta_policy.h"
#include "session/toml_internal.h"

namespace alluvium {

/// Reads the tables `write`, `mutation`, `schema`, `maintenance` and `store` of `[delta]`.
void read_policies(const TomlReader& reader, delta::Policies& policies);

/// The policies as tables of `[delta]`, in a fixed order; values that may be secrets are `***`.
std::string policies_toml(const delta::Policies& policies);

}  // namespace alluvium
