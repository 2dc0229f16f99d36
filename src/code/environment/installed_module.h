#pragma once

#include <memory>

#include "alluvium/udf/scalar_function.h"
#include "code/environment/environment.h"

namespace alluvium::code {

/// SQL `installed_module(module)`: the distribution that a module comes from in `environment`, its
/// version, and all that offer the top-level module (`Environment::Origin`). Null where none does,
/// and for every module without an environment (null).
ScalarFunction installed_module_function(std::shared_ptr<const Environment> environment);

}  // namespace alluvium::code
