#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "alluvium/error.h"
#include "frame/arrow_schema_internal.h"
#include "udf/call_internal.h"

namespace alluvium {
namespace {

[[noreturn]] void refuse(const Callable& callable, const std::string& what) {
  throw Error(ErrorCode::InvalidQuery, fmt::format("{}{}", callable.name, what), false,
              {{"function", std::string(callable.name)}});
}

void check_count(const Callable& callable, std::size_t given) {
  const std::size_t declared = callable.parameters.size();
  const std::size_t required = callable.required();
  if (given >= required && (given <= declared || callable.variadic)) return;
  std::string takes = fmt::format("{} argument{}", required, required == 1 ? "" : "s");
  if (callable.variadic) {
    takes = "at least " + takes;
  } else if (required < declared) {
    takes = fmt::format("{} to {} arguments", required, declared);
  }
  refuse(callable, fmt::format(" takes {}, not {}", takes, given));
}

template <typename Function>
Field field_of(const Function& function, const FunctionCall& call) {
  Field field = function.return_field ? function.return_field(call) : function.returns;
  field.name = function.name;
  return field;
}

}  // namespace

std::size_t Callable::required() const {
  std::size_t count = 0;
  for (const Parameter& each : parameters) count += each.default_value ? 0 : 1;
  return count;
}

std::vector<DataType> coerce_call(const Callable& callable, std::span<const DataType> given) {
  check_count(callable, given.size());
  std::vector<DataType> wanted;
  wanted.reserve(given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    const Parameter& parameter = callable.parameter(i);
    std::optional<DataType> type = parameter.type.coerce(given[i]);
    if (!type) {
      refuse(callable, fmt::format(": argument `{}` must be {}, not {}", parameter.name,
                                   parameter.type.to_string(), given[i].to_string()));
    }
    wanted.push_back(std::move(*type));
  }
  return wanted;
}

PlannedCall::PlannedCall(ArrowSchema* arguments, ArrowArray* constants,
                         const std::vector<bool>& is_constant)
    : constants_(*constants) {
  constants->release = nullptr;
  try {
    call_.arguments = import_schema(arguments).fields;
    const auto all_scalar = std::make_unique<bool[]>(call_.arguments.size());
    std::fill_n(all_scalar.get(), call_.arguments.size(), true);
    tree_ = ColumnTree(constants_, call_.arguments, {all_scalar.get(), call_.arguments.size()});
  } catch (...) {
    if (constants_.release != nullptr) constants_.release(&constants_);
    throw;
  }
  for (std::size_t i = 0; i < call_.arguments.size(); ++i) {
    call_.constants.push_back(is_constant[i] ? std::optional(ColumnView(tree_.column(i)))
                                             : std::nullopt);
  }
}

PlannedCall::~PlannedCall() {
  if (constants_.release != nullptr) constants_.release(&constants_);
}

Field result_field(const ScalarFunction& function, const FunctionCall& call) {
  Field field = field_of(function, call);
  if (function.null_propagating && !function.return_field) {
    field.nullable = field.nullable || call.nullable();
  }
  return field;
}

Field result_field(const AggregateFunction& function, const FunctionCall& call) {
  return field_of(function, call);
}

Field result_field(const WindowFunction& function, const FunctionCall& call) {
  return field_of(function, call);
}

}  // namespace alluvium
