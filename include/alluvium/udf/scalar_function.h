#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"
#include "alluvium/frame/expr.h"
#include "alluvium/udf/function.h"

namespace alluvium {

/// A scalar function in C++: one value out for each row in. For functions of plain values,
/// `typed_function.h` writes the kernel.
///
/// The kernel gets whole Arrow columns and appends exactly `rows` values to the result. It is
/// called from many threads at once, must be const in effect, and must not call back into the
/// library (such a call gets InvalidArgument). What it throws reaches the caller of the query as
/// FunctionFailed with the function's name.
struct ScalarFunction {
  using Parameter = alluvium::Parameter;
  using Kernel = std::function<void(std::span<const ColumnView> arguments, std::int64_t rows,
                                    ColumnBuilder& result)>;

  std::string name;
  std::vector<Parameter> parameters;
  /// When true, the last parameter may be repeated.
  bool variadic = false;
  /// Result type, nullability and metadata; the name is ignored.
  Field returns = {};
  Volatility volatility = Volatility::Immutable;
  Kernel kernel = {};
  std::vector<std::string> aliases = {};
  FunctionDocumentation documentation = {};
  /// The result's field, where it depends on the arguments; `returns` is then not used. Throws
  /// InvalidQuery for arguments that don't fit each other.
  std::function<Field(const FunctionCall& call)> return_field = {};
  /// Null where one of the arguments is null. The result is then nullable only where an argument
  /// is, or `returns` says so.
  bool null_propagating = false;
  /// Some arguments may not be evaluated (as in `coalesce`): the engine then moves no argument's
  /// work out of the call.
  bool short_circuits = false;
  /// How the result follows the argument of a parameter when all others are constant; an entry for
  /// each parameter, or none.
  enum class Monotonicity { None, Increasing, Decreasing };
  std::vector<Monotonicity> monotonicity = {};
  /// An expression over the columns that the parameters name, which gives the same: the optimizer
  /// puts it in the call's place. None keeps the call.
  std::function<std::optional<Expr>(const FunctionCall& call)> rewrite = {};
};

}  // namespace alluvium
