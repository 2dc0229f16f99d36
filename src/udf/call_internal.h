#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alluvium/frame/arrow_c.h"
#include "alluvium/udf/aggregate_function.h"
#include "alluvium/udf/scalar_function.h"
#include "alluvium/udf/window_function.h"
#include "frame/column_internal.h"

// How calls of native functions are planned.
namespace alluvium {

/// What decides which arguments a function takes.
struct Callable {
  std::string_view name;
  std::span<const Parameter> parameters;
  bool variadic = false;

  /// The parameter that argument `index` belongs to.
  [[nodiscard]] const Parameter& parameter(std::size_t index) const {
    return parameters[index < parameters.size() ? index : parameters.size() - 1];
  }
  /// Arguments that have no default.
  [[nodiscard]] std::size_t required() const;
};

/// The types that arguments of the types `given` are converted to. Errors: InvalidQuery, naming the
/// function and the parameter: a wrong number, or a type that a parameter doesn't take.
std::vector<DataType> coerce_call(const Callable& callable, std::span<const DataType> given);

/// Arguments as they cross: fields, and the values of constants as a struct array of one row. Takes
/// over both structures, also when this throws.
class PlannedCall {
 public:
  PlannedCall(ArrowSchema* arguments, ArrowArray* constants, const std::vector<bool>& is_constant);
  ~PlannedCall();
  PlannedCall(const PlannedCall&) = delete;
  PlannedCall& operator=(const PlannedCall&) = delete;

  [[nodiscard]] const FunctionCall& call() const { return call_; }

 private:
  ArrowArray constants_;
  ColumnTree tree_;
  FunctionCall call_;
};

/// The field of a call's result. Errors: what the function throws for arguments that don't fit.
Field result_field(const ScalarFunction& function, const FunctionCall& call);
Field result_field(const AggregateFunction& function, const FunctionCall& call);
Field result_field(const WindowFunction& function, const FunctionCall& call);

}  // namespace alluvium
