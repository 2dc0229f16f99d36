#pragma once

#include "alluvium/frame/data_type.h"
#include "alluvium/udf/scalar_function.h"

namespace alluvium::code {

/// What resolution needs to know of a file: those fields of `identified_facts_type()` that files
/// are resolved by, without its references. It is a fraction of the facts, and all of it is needed
/// of every file, whichever changed.
DataType interface_facts_type();

/// SQL `interface_facts(facts)`: the interface of a file's identified facts. Null stays null.
ScalarFunction interface_facts_function();

}  // namespace alluvium::code
