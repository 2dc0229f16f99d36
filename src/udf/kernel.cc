#include <fmt/format.h>

#include <exception>
#include <utility>

#include "alluvium/error.h"
#include "frame/arrow_schema_internal.h"
#include "frame/column_internal.h"
#include "udf/kernel_internal.h"

namespace alluvium {
namespace {

// Releases an array that was taken over.
class ArrayOwner {
 public:
  explicit ArrayOwner(ArrowArray* source) : array_(*source) { source->release = nullptr; }
  ~ArrayOwner() {
    if (array_.release != nullptr) array_.release(&array_);
  }
  ArrayOwner(const ArrayOwner&) = delete;
  ArrayOwner& operator=(const ArrayOwner&) = delete;
  [[nodiscard]] ArrowArray& get() { return array_; }

 private:
  ArrowArray array_;
};

[[noreturn]] void fail(const ScalarFunction& function, std::string_view what,
                       Error::Details details = {}) {
  details.emplace("function", function.name);
  throw Error(ErrorCode::FunctionFailed, fmt::format("function `{}`: {}", function.name, what),
              false, std::move(details));
}

}  // namespace

void invoke_kernel(const ScalarFunction& function, std::int64_t rows, ArrowArray* arguments,
                   ArrowSchema* argument_schema, const std::vector<bool>& is_scalar,
                   ArrowArray* out) {
  ArrayOwner owner(arguments);
  const Schema schema = import_schema(argument_schema);
  const ColumnTree tree(owner.get(), schema.fields, is_scalar);
  std::vector<ColumnView> views;
  views.reserve(schema.fields.size());
  for (std::size_t i = 0; i < schema.fields.size(); ++i) views.emplace_back(tree.column(i));

  Field returns = function.returns;
  returns.name = "result";
  ColumnWriter writer(Schema{.fields = {std::move(returns)}});
  ArrowArray result;
  try {
    ColumnBuilder builder = writer.column(0);
    function.kernel(views, rows, builder);
    if (writer.length(0) != rows) {
      fail(function, fmt::format("returned {} values for {} rows", writer.length(0), rows));
    }
    writer.finish(&result);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::FunctionFailed) throw;
    Error::Details details = error.details();
    details.emplace("cause", to_string(error.code()));
    fail(function, error.message(), std::move(details));
  } catch (const std::exception& error) {
    fail(function, error.what());
  } catch (...) {
    fail(function, "threw something that is not an exception");
  }
  // Moving a child out leaves the struct around it valid for its release.
  *out = *result.children[0];
  result.children[0]->release = nullptr;
  result.release(&result);
}

}  // namespace alluvium
