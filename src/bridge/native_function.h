#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "alluvium/frame/arrow_c.h"
#include "alluvium/udf/aggregate_function.h"
#include "alluvium/udf/function_set.h"
#include "alluvium/udf/scalar_function.h"
#include "alluvium/udf/window_function.h"
#include "frame/column_internal.h"
#include "rust/cxx.h"

// Native functions as the engine calls them. Arrays of rows stay the engine's; other Arrow
// structures that a member is given are taken over. All throw std::runtime_error, whose text the
// Rust side decodes.
namespace alluvium::bridge {

namespace rust_side {
struct Token;
}

/// The kernel of a scalar or window function for arguments of known types.
class NativeKernel {
 public:
  using Function = std::variant<ScalarFunction, WindowFunction>;
  NativeKernel(std::shared_ptr<const Function> function, std::vector<Field> arguments,
               Field returns);

  /// Runs the kernel over `arguments`, one array for each, that of a scalar of length 1. `stop` is
  /// the token of the query, or null.
  void invoke(std::int64_t rows, ArrowArray* arguments, rust::Slice<const bool> scalars,
              const rust_side::Token* stop, ArrowArray* result) const;
  /// Runs a window's kernel over a whole partition.
  void evaluate_partition(std::int64_t rows, ArrowArray* arguments, ArrowArray* result) const;
  /// Runs a window's kernel for the row whose frame is [`begin`, `end`).
  void evaluate_frame(std::int64_t rows, ArrowArray* arguments, std::int64_t begin,
                      std::int64_t end, ArrowArray* result) const;

 private:
  std::shared_ptr<const Function> function_;
  std::vector<Field> arguments_;
  WriterSchema returns_;
};

/// The states of an aggregate.
class NativeAccumulator {
 public:
  NativeAccumulator(std::shared_ptr<const AggregateFunction> function,
                    AggregateFunction::Call call);

  void grow(std::size_t groups);
  /// `arguments` are one array for each argument, of one length; `groups` has a group for each row.
  void update(ArrowArray* arguments, rust::Slice<const bool> scalars,
              rust::Slice<const std::size_t> groups);
  void merge(ArrowArray* states, rust::Slice<const std::size_t> groups);
  void retract(ArrowArray* arguments, rust::Slice<const bool> scalars,
               rust::Slice<const std::size_t> groups);
  /// Writes one array for each state field to `states`.
  void write_states(std::size_t count, ArrowArray* states);
  void write_results(std::size_t count, ArrowArray* results);
  void drop_first(std::size_t count);
  [[nodiscard]] std::size_t bytes() const;

 private:
  std::shared_ptr<const AggregateFunction> function_;
  AggregateFunction::Call call_;
  WriterSchema states_;
  WriterSchema results_;
  std::unique_ptr<Accumulator> accumulator_;
};

/// Which operands an operator stands for a function with.
class NativeOperator {
 public:
  explicit NativeOperator(OperatorBinding binding) : binding_(std::move(binding)) {}
  /// `operands` is a struct type of the left and the right one.
  [[nodiscard]] bool holds(ArrowSchema* operands) const noexcept;

 private:
  OperatorBinding binding_;
};

/// A function, as calls of it are planned.
class NativeFunction {
 public:
  explicit NativeFunction(ScalarFunction function);
  explicit NativeFunction(AggregateFunction function);
  explicit NativeFunction(WindowFunction function);

  /// `given` and `wanted` are struct types with a field for each argument.
  void coerce(ArrowSchema* given, ArrowSchema* wanted) const;
  /// `arguments` is a struct type, `constants` a struct array of one row.
  void return_field(ArrowSchema* arguments, ArrowArray* constants,
                    rust::Slice<const bool> is_constant, ArrowSchema* out) const;
  /// Refuses arguments that must be constants and aren't.
  void require_constants(rust::Slice<const bool> is_constant) const;
  /// The expression that stands for a call, as `{"nodes": [...], "values": {"result": n}}`; empty
  /// for none.
  [[nodiscard]] rust::String rewrite(ArrowSchema* arguments, ArrowArray* constants,
                                     rust::Slice<const bool> is_constant) const;
  /// The columns of a partial state: a struct type.
  void state_fields(ArrowSchema* arguments, ArrowSchema* out) const;
  [[nodiscard]] std::shared_ptr<NativeKernel> prepare(ArrowSchema* arguments,
                                                      ArrowSchema* returns) const;
  [[nodiscard]] std::unique_ptr<NativeAccumulator> accumulate(ArrowSchema* arguments,
                                                              ArrowArray* constants,
                                                              rust::Slice<const bool> is_constant,
                                                              ArrowSchema* returns,
                                                              bool ignore_nulls) const;

 private:
  // One of the two: kernels keep the first alive, accumulators the second.
  std::shared_ptr<const NativeKernel::Function> kernel_;
  std::shared_ptr<const AggregateFunction> aggregate_;
};

}  // namespace alluvium::bridge
