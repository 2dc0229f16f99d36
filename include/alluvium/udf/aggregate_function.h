#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"
#include "alluvium/udf/function.h"

namespace alluvium {

/// The states of an aggregate for all groups that one thread works on, numbered from 0. A group
/// without rows is empty.
///
/// Thread-safety: one thread at a time; different objects at once.
class Accumulator {
 public:
  Accumulator() = default;
  Accumulator(const Accumulator&) = delete;
  Accumulator& operator=(const Accumulator&) = delete;
  virtual ~Accumulator() = default;

  /// Appends empty groups until there are `groups`.
  virtual void grow(std::size_t groups) = 0;
  /// Adds rows: row i belongs to group `groups[i]`.
  virtual void update(std::span<const ColumnView> arguments,
                      std::span<const std::size_t> groups) = 0;
  /// Adds partial states, as `write_states` wrote them: state i to group `groups[i]`.
  virtual void merge(std::span<const ColumnView> states, std::span<const std::size_t> groups) = 0;
  /// Takes away rows that were added, the oldest first: of sliding windows. Called only where the
  /// function `retracts`.
  virtual void retract(std::span<const ColumnView> arguments, std::span<const std::size_t> groups);
  /// Appends the partial states of the first `count` groups, one column for each of the function's
  /// state fields.
  virtual void write_states(std::size_t count, std::span<ColumnBuilder> states) = 0;
  /// Appends the results of the first `count` groups.
  virtual void write_results(std::size_t count, ColumnBuilder& results) = 0;
  /// Forgets the first `count` groups; the others move up.
  virtual void drop_first(std::size_t count) = 0;
  /// Bytes held, for the session's memory limit.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
};

/// An aggregate function in C++. For states that are plain values, `typed_aggregate.h` writes the
/// accumulator.
///
/// `DISTINCT`, `ORDER BY` within the call, and windows that slide over a function that doesn't
/// retract are the platform's work: rows are kept and the accumulator sees them distinct, in order,
/// anew.
struct AggregateFunction {
  /// What an accumulator is made for.
  struct Call : FunctionCall {
    Field returns;
    /// The call says IGNORE NULLS.
    bool ignore_nulls = false;
  };

  std::string name;
  std::vector<Parameter> parameters;
  bool variadic = false;
  /// Result type, nullability and metadata; the name is ignored.
  Field returns = {};
  /// The result's field, where it depends on the arguments.
  std::function<Field(const FunctionCall& call)> return_field = {};
  /// The columns of a partial state.
  std::function<std::vector<Field>(const FunctionCall& call)> state_fields = {};
  std::function<std::unique_ptr<Accumulator>(const Call& call)> accumulator = {};
  /// Accumulators can take rows away again.
  bool retracts = false;
  /// The result depends on the order of the rows: with ORDER BY in the call they come in it.
  bool order_sensitive = false;
  /// The call may say IGNORE NULLS or RESPECT NULLS.
  bool null_treatment = false;
  std::vector<std::string> aliases = {};
  FunctionDocumentation documentation = {};
};

}  // namespace alluvium
