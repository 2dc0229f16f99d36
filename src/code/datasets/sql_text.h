#pragma once

#include <string_view>

namespace alluvium::code {

/// The text of `NAME.sql` (of src/code/datasets, resolve or diff), which the build puts into the
/// library. Errors: Internal when there is none.
std::string_view sql_text(std::string_view name);

}  // namespace alluvium::code
