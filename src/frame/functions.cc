#include "alluvium/frame/functions.h"

namespace alluvium::functions {

Expr coalesce(std::vector<Expr> arguments) { return call("coalesce", std::move(arguments)); }

Expr arrow_cast(const Expr& value, std::string type) {
  return call("arrow_cast", {value, lit(std::move(type))});
}

Expr arrow_typeof(const Expr& value) { return call("arrow_typeof", {value}); }

Expr named_struct(const std::vector<std::pair<std::string, Expr>>& fields) {
  std::vector<Expr> arguments;
  for (const auto& [name, value] : fields) {
    arguments.push_back(lit(name));
    arguments.push_back(value);
  }
  return call("named_struct", std::move(arguments));
}

Expr get_field(const Expr& value, std::string name) { return value.field(std::move(name)); }

Expr count(const Expr& value) { return call("count", {value}); }
Expr count_all() { return call("count", {lit(1)}); }
Expr sum(const Expr& value) { return call("sum", {value}); }
Expr avg(const Expr& value) { return call("avg", {value}); }
Expr min(const Expr& value) { return call("min", {value}); }
Expr max(const Expr& value) { return call("max", {value}); }
Expr array_agg(const Expr& value) { return call("array_agg", {value}); }
Expr row_number() { return call("row_number", {}); }
Expr rank() { return call("rank", {}); }

Expr lag(const Expr& value, std::int64_t offset) { return call("lag", {value, lit(offset)}); }
Expr lead(const Expr& value, std::int64_t offset) { return call("lead", {value, lit(offset)}); }

}  // namespace alluvium::functions
