#include <gtest/gtest.h>

#include <array>

#include <stdexcept>

#include "alluvium/error.h"
#include "alluvium/frame/record_batch.h"
#include "frame/arrow_schema_internal.h"
#include "udf/kernel_internal.h"

namespace alluvium {
namespace {

ScalarFunction repeat() {
  return {.name = "repeat_text",
          .parameters = {{"text", utf8()}, {"times", int64()}},
          .returns = {.name = "", .type = utf8()},
          .kernel = [](std::span<const ColumnView> arguments, std::int64_t rows,
                       ColumnBuilder& result) {
            for (std::int64_t row = 0; row < rows; ++row) {
              if (arguments[0].is_null(row) || arguments[1].is_null(row)) {
                result.append_null();
                continue;
              }
              std::string text;
              for (std::int64_t i = 0; i < arguments[1].int64(row); ++i) {
                text += arguments[0].bytes(row);
              }
              result.append(text);
            }
          }};
}

// Runs `function` on `rows` rows of `texts`, each with the number 2 as a scalar.
RecordBatch run(const ScalarFunction& function, const std::vector<const char*>& texts,
                const DataType& text_type = utf8()) {
  const auto rows = static_cast<std::int64_t>(texts.size());
  RecordBatchBuilder builder(
      {.fields = {{.name = "text", .type = text_type}, {.name = "times", .type = int64()}}});
  for (const char* text : texts) {
    if (text == nullptr) {
      builder.column(0).append_null();
    } else {
      builder.column(0).append(text);
    }
    builder.column(1).append(2);
  }
  ArrowArray arguments;
  ArrowSchema schema;
  builder.finish().export_to(&arguments, &schema);
  arguments.children[1]->length = 1;  // one value for all rows
  const Schema types = import_schema(&schema);
  ArrowArray result;
  result.release = nullptr;
  try {
    invoke_kernel(function, types.fields, result_schema(function.returns), rows, &arguments,
                  std::array{false, true}, &result);
  } catch (...) {
    EXPECT_EQ(arguments.release, nullptr);
    throw;
  }
  EXPECT_EQ(arguments.release, nullptr);
  // Reads the result as the one column of a batch.
  ArrowArray* child = &result;
  ArrowArray parent{.length = rows,
                    .n_buffers = 1,
                    .n_children = 1,
                    .buffers = nullptr,
                    .children = &child,
                    .release = [](ArrowArray* self) { self->release = nullptr; }};
  const void* no_validity = nullptr;
  parent.buffers = &no_validity;
  export_schema({.fields = {{.name = "result", .type = function.returns.type}}}, &schema);
  ArrowArray copy;
  {
    const RecordBatch view = RecordBatch::import_from(&parent, &schema);
    RecordBatchBuilder out(view.schema());
    for (std::int64_t row = 0; row < rows; ++row) {
      if (view.column(0).is_null(row)) {
        out.column(0).append_null();
      } else {
        out.column(0).append(view.column(0).bytes(row));
      }
    }
    out.finish().export_to(&copy, &schema);
  }
  result.release(&result);
  return RecordBatch::import_from(&copy, &schema);
}

template <typename Action>
std::string failure_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::FunctionFailed);
    EXPECT_EQ(error.details().at("function"), "repeat_text");
    return error.message();
  }
  return "nothing was thrown";
}

TEST(Kernel, ReadsColumnsAndScalars) {
  for (const DataType& type : {utf8(), DataType("U"), utf8_view()}) {
    const RecordBatch result = run(repeat(), {"a", nullptr, "", "longer than 12 bytes"}, type);
    EXPECT_EQ(result.column(0).bytes(0), "aa");
    EXPECT_TRUE(result.column(0).is_null(1));
    EXPECT_EQ(result.column(0).bytes(2), "");
    EXPECT_EQ(result.column(0).bytes(3), "longer than 12 byteslonger than 12 bytes");
  }
}

TEST(Kernel, RunsOnNoRows) {
  ScalarFunction function = repeat();
  RecordBatchBuilder builder(
      {.fields = {{.name = "t", .type = utf8()}, {.name = "n", .type = int64()}}});
  ArrowArray arguments;
  ArrowSchema schema;
  builder.finish().export_to(&arguments, &schema);
  ArrowArray result;
  const Schema types = import_schema(&schema);
  invoke_kernel(function, types.fields, result_schema(function.returns), 0, &arguments,
                std::array{false, false}, &result);
  EXPECT_EQ(result.length, 0);
  result.release(&result);
}

TEST(Kernel, ReportsAWrongNumberOfRows) {
  ScalarFunction function = repeat();
  function.kernel = [](auto, std::int64_t, ColumnBuilder& result) { result.append("one"); };
  EXPECT_NE(failure_of([&] { run(function, {"a", "b"}); }).find("1 values for 2 rows"),
            std::string::npos);
}

TEST(Kernel, ReportsNullsThatWereNotDeclared) {
  ScalarFunction function = repeat();
  function.returns.nullable = false;
  EXPECT_NE(failure_of([&] { run(function, {"a", nullptr}); }).find("null"), std::string::npos);
}

TEST(Kernel, ReportsWhatTheKernelThrew) {
  ScalarFunction function = repeat();
  function.kernel = [](auto, auto, auto&) { throw std::runtime_error("boom"); };
  EXPECT_EQ(failure_of([&] { run(function, {"a"}); }), "function `repeat_text`: boom");
  function.kernel = [](auto, auto, auto&) { throw 1; };
  EXPECT_NE(failure_of([&] { run(function, {"a"}); }).find("not an exception"), std::string::npos);
  function.kernel = [](auto arguments, auto, auto&) { (void)arguments[0].int64(0); };
  try {
    run(function, {"a"});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.details().at("cause"), "InvalidArgument");
  }
}

}  // namespace
}  // namespace alluvium
