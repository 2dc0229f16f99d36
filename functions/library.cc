#include "alluvium/functions/library.h"

#include "alluvium/catalog/udf_catalog.h"
#include "alluvium/functions/tables.h"
#include "functions/families.h"

namespace alluvium {

FunctionSet function_library() {
  FunctionSet library;
  for (const auto family :
       {hash_functions, span_functions, interval_functions, position_functions, text_functions,
        name_functions, map_functions, list_functions, struct_functions, metadata_functions,
        change_feed_functions, counting_functions, distinct_functions, extreme_functions,
        window_functions}) {
    library.add(family());
  }
  library.add(table_functions());
  library.add(registry_functions());
  return library;
}

}  // namespace alluvium
