#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alluvium/session/sql_options.h"

namespace alluvium::cli {

/// Reads `name=value` and `name:type=value` as values for the `$name` of a query. Without a type:
/// `5` is an int64, `5.0` a double, `true`, `false` and `null` what they say, `'5'` the text
/// between the quotes, and anything else text.
/// Errors: InvalidArgument, quoting the parameter.
SqlParameters parse_parameters(const std::vector<std::string>& texts);

/// What `--help` says about types.
std::string_view parameter_types();

}  // namespace alluvium::cli
