#pragma once

#include <string>
#include <utility>
#include <vector>

#include "alluvium/frame/expr.h"

/// The engine's functions that plans use most, by their engine names. Any other is `call(name,
/// ...)`.
namespace alluvium::functions {

inline Expr is_null(const Expr& value) { return value.is_null(); }
inline Expr is_not_null(const Expr& value) { return value.is_not_null(); }
/// The first argument that is not null.
Expr coalesce(std::vector<Expr> arguments);
template <typename... Rest>
Expr coalesce(const Expr& first, const Rest&... rest) {
  return coalesce(std::vector<Expr>{first, rest...});
}
/// Casts to the Arrow type that `type` names, for instance `Timestamp(Microsecond, None)`.
Expr arrow_cast(const Expr& value, std::string type);
/// The Arrow type of `value`, as text.
Expr arrow_typeof(const Expr& value);
/// A struct of named values.
Expr named_struct(const std::vector<std::pair<std::string, Expr>>& fields);
Expr get_field(const Expr& value, std::string name);

Expr count(const Expr& value);
/// The number of rows.
Expr count_all();
Expr sum(const Expr& value);
Expr avg(const Expr& value);
Expr min(const Expr& value);
Expr max(const Expr& value);
Expr array_agg(const Expr& value);
Expr row_number();
Expr rank();
Expr lag(const Expr& value, std::int64_t offset = 1);
Expr lead(const Expr& value, std::int64_t offset = 1);

}  // namespace alluvium::functions
