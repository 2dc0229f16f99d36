#pragma once

#include <span>
#include <string>
#include <string_view>

#include "alluvium/udf/function_set.h"

namespace alluvium {

/// A literal as SQL. Errors: InvalidArgument for an expression that is none.
std::string to_sql(const Expr& literal);

/// `name(first, second => default, ...)`.
std::string syntax_of(std::string_view name, std::span<const Parameter> parameters, bool variadic);

template <typename Function>
bool is_variadic(const Function& function) {
  if constexpr (requires { function.variadic; }) {
    return function.variadic;
  } else {
    return false;
  }
}

template <typename Function>
std::string syntax(const Function& function) {
  return syntax_of(function.name, function.parameters, is_variadic(function));
}

}  // namespace alluvium
