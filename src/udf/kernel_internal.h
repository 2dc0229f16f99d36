#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alluvium/error.h"
#include "alluvium/frame/arrow_c.h"
#include "alluvium/udf/scalar_function.h"
#include "alluvium/udf/window_function.h"
#include "frame/column_internal.h"

// How kernels of native functions are run.
namespace alluvium {

/// Whether the work that the calling thread does for a query should end.
using StopCheck = std::function<bool()>;

/// Makes `stop_requested()` answer by `check` on this thread while it lives.
class StopScope {
 public:
  explicit StopScope(const StopCheck& check);
  ~StopScope();
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;

 private:
  const StopCheck* before_;
};

/// Columns that were handed over: a struct array with one child for each of some fields.
class Columns {
 public:
  /// Takes over `arrays`, also when this throws. The child of a scalar (`is_scalar`) holds its one
  /// value in its first row. Errors: InvalidArgument when it doesn't have the shape of `fields`.
  Columns(ArrowArray* arrays, const std::vector<Field>& fields,
          std::span<const bool> is_scalar = {});
  ~Columns();
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;

  [[nodiscard]] std::span<const ColumnView> views() const { return views_; }

 private:
  ArrowArray arrays_;
  ColumnTree tree_;
  std::vector<ColumnView> views_;
};

/// Throws FunctionFailed, naming `function`.
[[noreturn]] void fail_function(std::string_view function, std::string_view what,
                                Error::Details details = {});
/// Turns the exception that is being handled into FunctionFailed with the name of `function`; the
/// message of an error that names it already stays.
[[noreturn]] void fail_by_exception(std::string_view function);

/// Calls `work`; what it throws becomes FunctionFailed.
template <typename Work>
void run_guarded(std::string_view function, Work&& work) {
  try {
    std::forward<Work>(work)();
  } catch (...) {
    fail_by_exception(function);
  }
}

/// The one column that holds a function's results.
WriterSchema result_schema(Field returns);

/// Moves the one column of `writer` to `out`. Errors: FunctionFailed when it hasn't `rows` values.
void finish_result(std::string_view function, ColumnWriter& writer, std::int64_t rows,
                   ArrowArray* out);

/// Lets `fill` append `rows` values to the column of `returns` and moves it to `out`. Errors:
/// FunctionFailed when `fill` throws, or appends another number of values, or nulls where the field
/// has none.
template <typename Fill>
void build_result(std::string_view function, const WriterSchema& returns, std::int64_t rows,
                  Fill&& fill, ArrowArray* out) {
  run_guarded(function, [&] {
    ColumnWriter writer(returns);
    ColumnBuilder builder = writer.column(0);
    fill(builder);
    finish_result(function, writer, rows, out);
  });
}

/// Runs the kernel of `function` on `rows` rows of `arguments`, of the types `fields`, into `out`,
/// of the type `returns`.
///
/// Errors: FunctionFailed, which names the function: the kernel threw, or its result has another
/// number of rows, or nulls where the field has none.
/// Thread-safety: may be called from many threads at once.
void invoke_kernel(const ScalarFunction& function, const std::vector<Field>& fields,
                   const WriterSchema& returns, std::int64_t rows, ArrowArray* arguments,
                   std::span<const bool> is_scalar, ArrowArray* out);

}  // namespace alluvium
