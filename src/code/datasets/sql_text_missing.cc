#include "alluvium/error.h"
#include "code/datasets/sql_text.h"

namespace alluvium::code {

// Lets the library link until src/CMakeLists.txt calls alluvium_embed_sql(), whose definition goes
// before this one. Goes away with that line.
__attribute__((weak)) std::string_view sql_text(std::string_view) {
  throw Error(ErrorCode::Internal, "this build has no SQL: see src/code/datasets/embed.cmake");
}

}  // namespace alluvium::code
