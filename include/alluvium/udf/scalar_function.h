#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"

namespace alluvium {

/// When two calls with equal arguments give equal results.
enum class Volatility {
  Immutable,  ///< Always: the engine may fold constants.
  Stable,     ///< Within one query.
  Volatile,   ///< Never assumed.
};

/// A scalar function in C++: one value out for each row in.
///
/// The kernel gets whole Arrow columns and appends exactly `rows` values to the result. It is
/// called from many threads at once, must be const in effect, and must not call back into the
/// library (such a call gets InvalidArgument). What it throws reaches the caller of the query as
/// FunctionFailed with the function's name.
struct ScalarFunction {
  /// A parameter: its name and the type that arguments are coerced to.
  struct Parameter {
    std::string name;
    DataType type;
    std::string description = "";
  };
  using Kernel = std::function<void(std::span<const ColumnView> arguments, std::int64_t rows,
                                    ColumnBuilder& result)>;

  std::string name;
  std::vector<Parameter> parameters;
  /// When true, the last parameter may be repeated.
  bool variadic = false;
  /// Result type, nullability and metadata; the name is ignored.
  Field returns;
  Volatility volatility = Volatility::Immutable;
  Kernel kernel;
  std::vector<std::string> aliases = {};
  std::string description = "";
  /// A runnable SQL expression, for the documentation.
  std::string example = "";
};

/// The functions that a profile adds to the engine's own.
using FunctionSet = std::vector<ScalarFunction>;

}  // namespace alluvium
