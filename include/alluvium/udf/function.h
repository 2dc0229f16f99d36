#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"
#include "alluvium/frame/expr.h"

namespace alluvium {

/// When two calls with equal arguments give equal results.
enum class Volatility {
  Immutable,  ///< Always: the engine may fold constants.
  Stable,     ///< Within one query.
  Volatile,   ///< Never assumed.
};

/// A class of argument types; members are taken as they are, dictionaries as their values.
enum class TypeClass {
  Any,
  Integer,   ///< Signed and unsigned, of any width.
  Numeric,   ///< Integers, floating point numbers, decimals.
  Text,      ///< Strings in any layout.
  Binary,    ///< Bytes in any layout.
  Temporal,  ///< Dates, times, timestamps, durations, intervals.
  List,      ///< Lists in any layout.
  Map,
  Struct,
};

/// What a parameter takes: one type, to which arguments are converted where that loses nothing by
/// its nature (integers to any width, numbers to floating point, text of any layout, null), or a
/// class of types.
class ParameterType {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a parameter's type is most often written as one.
  ParameterType(DataType exact) : exact_(std::move(exact)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  ParameterType(TypeClass family) : family_(family) {}

  /// The one type; none for a class.
  [[nodiscard]] const std::optional<DataType>& exact() const { return exact_; }
  [[nodiscard]] TypeClass family() const { return family_; }
  /// The type that an argument of type `given` is converted to; none when it is refused.
  [[nodiscard]] std::optional<DataType> coerce(const DataType& given) const;
  /// The type's or class's name.
  [[nodiscard]] std::string to_string() const;

 private:
  std::optional<DataType> exact_;
  TypeClass family_ = TypeClass::Any;
};

/// A parameter of a function; SQL can give its argument by name: `f(x => 1)`.
struct Parameter {
  std::string name;
  ParameterType type;
  std::string description = "";
  /// A literal that stands for an argument that is not given. Parameters after one with a default
  /// have defaults too.
  std::optional<Expr> default_value = std::nullopt;
  /// Arguments must be constants: they shape the call (a unit, a field's name).
  bool constant = false;
  /// SQL expressions of arguments that make sense, where not every value of the type does.
  std::vector<std::string> examples = {};
};

/// What is known of a call when it is planned: the arguments' fields, converted to what the
/// parameters take and with the defaults filled in, and the values of constants.
struct FunctionCall {
  std::vector<Field> arguments;
  /// One for each argument: its value as a column of one row where it is a constant.
  std::vector<std::optional<ColumnView>> constants;

  /// The value of argument `index`. Errors: InvalidQuery where it isn't a literal.
  [[nodiscard]] const ColumnView& constant(std::size_t index) const;
  /// Whether one of the arguments can be null.
  [[nodiscard]] bool nullable() const;
};

/// What all kinds of functions say of themselves.
struct FunctionDocumentation {
  /// Where the reference lists it: `hash`, `span`, `text`, ...
  std::string category = "other";
  std::string description = "";
  /// A runnable SQL expression of aggregates and windows: a query.
  std::string example = "";
  /// What the example gives, as the engine casts it to text.
  std::string example_result = "";
};

/// Whether the query that the calling kernel works for was cancelled or is past its deadline. What
/// loops for long asks it and returns; the query's caller gets Cancelled or DeadlineExceeded.
/// False outside of a kernel.
[[nodiscard]] bool stop_requested();

}  // namespace alluvium
