#pragma once

#include "alluvium/udf/scalar_function.h"

namespace alluvium::code {

/// SQL `digest_facts(module, size_bytes, content_hash, read_failure, facts)`: what one file's own
/// facts come to in each dataset that is made of them, as packed outcomes (`file_outcomes.h`): how
/// many rows, and a digest of them. `facts` are what `identify_facts` gives; they may be null, as
/// may the module and the read failure.
ScalarFunction digest_facts_function();

}  // namespace alluvium::code
