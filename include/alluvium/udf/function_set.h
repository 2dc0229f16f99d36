#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "alluvium/udf/aggregate_function.h"
#include "alluvium/udf/scalar_function.h"
#include "alluvium/udf/table_function.h"
#include "alluvium/udf/window_function.h"

namespace alluvium {

/// Another name for a function of the engine.
struct FunctionAlias {
  std::string name;
  /// A scalar, aggregate or window function of the engine.
  std::string function;
};

/// A SQL operator that stands for a function: `a @> b` for `function(a, b)`.
struct OperatorBinding {
  /// `->`, `@>` or `<@`.
  std::string symbol;
  std::string function;
  /// The operands' types for which it holds; where it doesn't, the engine's own meaning does.
  ParameterType left = TypeClass::Any;
  ParameterType right = TypeClass::Any;
  /// The function takes the right operand first.
  bool swapped = false;
};

/// The functions that a profile adds to the engine's own.
struct FunctionSet {
  std::vector<ScalarFunction> scalars = {};
  std::vector<AggregateFunction> aggregates = {};
  std::vector<WindowFunction> windows = {};
  std::vector<TableFunction> tables = {};
  std::vector<FunctionAlias> aliases = {};
  std::vector<OperatorBinding> operators = {};

  /// Adds what `other` has.
  FunctionSet& add(FunctionSet other);
  /// Whether there is none.
  [[nodiscard]] bool empty() const;
};

}  // namespace alluvium
