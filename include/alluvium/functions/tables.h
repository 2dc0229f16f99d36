#pragma once

#include "alluvium/udf/function_set.h"

namespace alluvium {

/// Table functions over Delta tables (`read_delta`, `read_delta_cdf`, `delta_snapshot`,
/// `delta_add_actions`, `delta_history`) and over what the engine keeps between queries
/// (`list_files_cache`, `metadata_cache`, `statistics_cache`). They reach what their session may.
FunctionSet table_functions();

}  // namespace alluvium
