#include "udf/function_check_internal.h"

#include <fmt/format.h>

#include <set>
#include <string>

#include "alluvium/error.h"
#include "udf/syntax_internal.h"

namespace alluvium {
namespace {

[[noreturn]] void refuse(std::string_view function, std::string_view what) {
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("profile field `functions`: `{}` {}", function, what), false,
              {{"field", "functions"}, {"function", std::string(function)}});
}

std::string_view missing_work(const ScalarFunction& function) {
  return function.kernel ? "" : "has no kernel";
}

std::string_view missing_work(const AggregateFunction& function) {
  if (!function.accumulator) return "makes no accumulator";
  return function.state_fields ? "" : "has no state fields";
}

std::string_view missing_work(const WindowFunction& function) {
  const bool one =
      static_cast<bool>(function.partition_kernel) != static_cast<bool>(function.frame_kernel);
  return one ? "" : "must have one of the two kernels";
}

std::string_view missing_work(const TableFunction& function) {
  return function.plan ? "" : "has no callback";
}

void check_parameters(std::string_view function, const std::vector<Parameter>& parameters,
                      bool variadic) {
  if (variadic && parameters.empty())
    refuse(function, "is variadic but has no parameter to repeat");
  std::set<std::string> names;
  bool defaults = false;
  for (const Parameter& parameter : parameters) {
    if (!names.insert(parameter.name).second) {
      refuse(function, fmt::format("has two parameters `{}`", parameter.name));
    }
    if (defaults && !parameter.default_value) {
      refuse(function,
             fmt::format("has no default for `{}`, which follows a parameter that has one",
                         parameter.name));
    }
    defaults = parameter.default_value.has_value();
  }
}

class Names {
 public:
  void claim(std::string_view function, const std::string& name) {
    if (!names_.insert(name).second) {
      refuse(function, fmt::format("takes the name `{}` a second time", name));
    }
  }

 private:
  std::set<std::string> names_;
};

template <typename Function>
void check(const Function& function, Names& names) {
  if (function.name.empty()) refuse("", "is a function without a name");
  const std::string_view missing = missing_work(function);
  if (!missing.empty()) refuse(function.name, missing);
  check_parameters(function.name, function.parameters, is_variadic(function));
  names.claim(function.name, function.name);
  if constexpr (requires { function.aliases; }) {
    for (const std::string& alias : function.aliases) names.claim(function.name, alias);
  }
}

}  // namespace

void check_functions(const FunctionSet& functions) {
  Names names;
  for (const ScalarFunction& function : functions.scalars) check(function, names);
  for (const AggregateFunction& function : functions.aggregates) check(function, names);
  for (const WindowFunction& function : functions.windows) check(function, names);
  for (const TableFunction& function : functions.tables) check(function, names);
  for (const FunctionAlias& alias : functions.aliases) names.claim(alias.function, alias.name);
}

}  // namespace alluvium
