#include <fmt/format.h>

#include <exception>
#include <utility>

#include "alluvium/error.h"
#include "udf/kernel_internal.h"

namespace alluvium {
namespace {

thread_local const StopCheck* current_check = nullptr;

}  // namespace

bool stop_requested() { return current_check != nullptr && (*current_check)(); }

StopScope::StopScope(const StopCheck& check) : before_(std::exchange(current_check, &check)) {}

StopScope::~StopScope() { current_check = before_; }

Columns::Columns(ArrowArray* arrays, const std::vector<Field>& fields,
                 std::span<const bool> is_scalar)
    : arrays_(*arrays) {
  arrays->release = nullptr;
  try {
    tree_ = ColumnTree(arrays_, fields, is_scalar);
  } catch (...) {
    arrays_.release(&arrays_);
    throw;
  }
  views_.reserve(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) views_.emplace_back(tree_.column(i));
}

Columns::~Columns() {
  if (arrays_.release != nullptr) arrays_.release(&arrays_);
}

void fail_function(std::string_view function, std::string_view what, Error::Details details) {
  details.emplace("function", function);
  throw Error(ErrorCode::FunctionFailed, fmt::format("function `{}`: {}", function, what), false,
              std::move(details));
}

void fail_by_exception(std::string_view function) {
  try {
    throw;
  } catch (const Error& error) {
    if (error.details().contains("function")) throw;
    Error::Details details = error.details();
    if (error.code() != ErrorCode::FunctionFailed) {
      details.emplace("cause", to_string(error.code()));
    }
    fail_function(function, error.message(), std::move(details));
  } catch (const std::exception& error) {
    fail_function(function, error.what());
  } catch (...) {
    fail_function(function, "threw something that is not an exception");
  }
}

WriterSchema result_schema(Field returns) {
  returns.name = "result";
  return WriterSchema({std::move(returns)});
}

void finish_result(std::string_view function, ColumnWriter& writer, std::int64_t rows,
                   ArrowArray* out) {
  if (writer.length(0) != rows) {
    fail_function(function, fmt::format("returned {} values for {} rows", writer.length(0), rows));
  }
  ArrowArray result;
  writer.finish(&result);
  // Moving a child out leaves the struct around it valid for its release.
  *out = *result.children[0];
  result.children[0]->release = nullptr;
  result.release(&result);
}

void invoke_kernel(const ScalarFunction& function, const std::vector<Field>& fields,
                   const WriterSchema& returns, std::int64_t rows, ArrowArray* arguments,
                   std::span<const bool> is_scalar, ArrowArray* out) {
  const Columns columns(arguments, fields, is_scalar);
  build_result(
      function.name, returns, rows,
      [&](ColumnBuilder& result) { function.kernel(columns.views(), rows, result); }, out);
}

}  // namespace alluvium
