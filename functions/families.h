#pragma once

#include "alluvium/udf/function_set.h"

/// The families of the library, each in the file that is named after it.
namespace alluvium {

FunctionSet hash_functions();
FunctionSet span_functions();
FunctionSet interval_functions();
FunctionSet position_functions();
FunctionSet text_functions();
FunctionSet name_functions();
FunctionSet map_functions();
FunctionSet list_functions();
FunctionSet struct_functions();
FunctionSet metadata_functions();
FunctionSet change_feed_functions();
FunctionSet counting_functions();
FunctionSet distinct_functions();
FunctionSet extreme_functions();
FunctionSet window_functions();

}  // namespace alluvium
