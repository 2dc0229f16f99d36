// The suite finds a function that is broken on purpose, in each of its dimensions.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "alluvium/udf/typed_aggregate.h"
#include "conformance.h"

namespace alluvium::conformance {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// A sound function: the number of bytes.
ScalarFunction sound() {
  return typed_function(
      {.name = "f",
       .parameters = {{"text", utf8(), "Some text."}},
       .documentation = {.description = "Counts bytes.",
                         .example = "f('ab')",
                         .example_result = "2"}},
      [](std::string_view text) { return static_cast<std::int64_t>(text.size()); });
}

ScalarFunction with_kernel(ScalarFunction::Kernel kernel) {
  ScalarFunction function = sound();
  function.kernel = std::move(kernel);
  return function;
}

std::vector<std::string> found(ScalarFunction function) {
  return violations({.scalars = {std::move(function)}});
}

void append_size(const ColumnView& column, std::int64_t row, ColumnBuilder& result) {
  if (column.is_null(row)) return result.append_null();
  result.append(static_cast<std::int64_t>(column.bytes(row).size()));
}

TEST(SeededFaults, NoneInASoundFunction) { EXPECT_THAT(found(sound()), IsEmpty()); }

TEST(SeededFaults, Rows) {
  EXPECT_THAT(found(with_kernel([](auto arguments, std::int64_t rows, ColumnBuilder& result) {
                for (std::int64_t row = 0; row + 1 < rows; ++row) {
                  append_size(arguments[0], row, result);
                }
              })),
              Contains(StartsWith("f: rows")));
}

TEST(SeededFaults, FailsOnNoRows) {
  EXPECT_THAT(found(with_kernel([](auto arguments, std::int64_t rows, ColumnBuilder& result) {
                if (rows == 0) throw std::runtime_error("nothing to do");
                for (std::int64_t row = 0; row < rows; ++row) {
                  append_size(arguments[0], row, result);
                }
              })),
              Contains(HasSubstr("nothing to do")));
}

TEST(SeededFaults, Null) {
  ScalarFunction function = with_kernel([](auto arguments, std::int64_t rows, ColumnBuilder& out) {
    for (std::int64_t row = 0; row < rows; ++row) append_size(arguments[0], row, out);
  });
  function.null_propagating = false;
  function.returns.nullable = false;
  EXPECT_THAT(found(function), Contains(HasSubstr("null")));
}

TEST(SeededFaults, Scalar) {
  EXPECT_THAT(found(with_kernel([](auto arguments, std::int64_t rows, ColumnBuilder& result) {
                for (std::int64_t row = 0; row < rows; ++row) {
                  if (arguments[0].is_scalar()) {
                    result.append(0);
                  } else {
                    append_size(arguments[0], row, result);
                  }
                }
              })),
              Contains(StartsWith("f: scalars")));
}

TEST(SeededFaults, Batches) {
  EXPECT_THAT(found(with_kernel([](auto arguments, std::int64_t rows, ColumnBuilder& result) {
                for (std::int64_t row = 0; row < rows; ++row) {
                  if (rows == 1 && !arguments[0].is_scalar()) {
                    result.append(1);
                  } else {
                    append_size(arguments[0], row, result);
                  }
                }
              })),
              Contains(StartsWith("f: batches")));
}

TEST(SeededFaults, Slices) {
  // Reads the buffer from its beginning, whatever the array's offset.
  EXPECT_THAT(found(with_kernel([](auto arguments, std::int64_t rows, ColumnBuilder& result) {
                const auto text = arguments[0].text_data();
                for (std::int64_t row = 0; row < rows; ++row) {
                  if (!text || arguments[0].is_null(row)) {
                    append_size(arguments[0], row, result);
                  } else {
                    const bool moved = rows > 1 && rows < 13;
                    result.append(std::int64_t{text->offsets[row + 1] - text->offsets[row]} +
                                  (moved ? 1 : 0));
                  }
                }
              })),
              Contains(StartsWith("f: slices")));
}

TEST(SeededFaults, Layouts) {
  EXPECT_THAT(found(with_kernel([](auto arguments, std::int64_t rows, ColumnBuilder& result) {
                const bool other = arguments[0].type() != utf8();
                for (std::int64_t row = 0; row < rows; ++row) {
                  if (other && !arguments[0].is_null(row)) {
                    result.append(-1);
                  } else {
                    append_size(arguments[0], row, result);
                  }
                }
              })),
              Contains(StartsWith("f: layouts")));
}

TEST(SeededFaults, MultiByteText) {
  EXPECT_THAT(found(with_kernel([](auto arguments, std::int64_t rows, ColumnBuilder& result) {
                for (std::int64_t row = 0; row < rows; ++row) {
                  for (const char c : arguments[0].bytes(row)) {
                    if (static_cast<unsigned char>(c) > 127) throw std::runtime_error("not ASCII");
                  }
                  append_size(arguments[0], row, result);
                }
              })),
              Contains(HasSubstr("not ASCII")));
}

TEST(SeededFaults, NotANumber) {
  ScalarFunction function = typed_function(
      {.name = "f",
       .parameters = {{"x", float64(), "A number."}},
       .documentation = {.description = "Same.", .example = "f(1.5)", .example_result = ""}},
      [](double x) {
        if (x != x) throw std::runtime_error("NaN");
        return x;
      });
  EXPECT_THAT(found(function), Contains(HasSubstr("NaN")));
}

TEST(SeededFaults, Example) {
  ScalarFunction function = sound();
  function.documentation.example_result = "3";
  EXPECT_THAT(found(function), Contains(StartsWith("f: example")));
}

TEST(SeededFaults, NotTheSameTwice) {
  const auto calls = std::make_shared<std::atomic<std::int64_t>>(0);
  EXPECT_THAT(found(with_kernel([calls](auto, std::int64_t rows, ColumnBuilder& result) {
                for (std::int64_t row = 0; row < rows; ++row) result.append(calls->fetch_add(1));
              })),
              Contains(StartsWith("f: batches")));
}

TEST(SeededFaults, Types) {
  ScalarFunction function = sound();
  function.parameters[0].type = TypeClass::Any;
  function.kernel = [](auto arguments, std::int64_t rows, ColumnBuilder& result) {
    for (std::int64_t row = 0; row < rows; ++row) append_size(arguments[0], row, result);
  };
  EXPECT_THAT(found(function), Contains(HasSubstr("was read as bytes")));
}

// A sum, with one part broken.
enum class Broken { None, Merge, Remove };
template <Broken kBroken>
struct Sum {
  std::int64_t sum = 0;

  void add(std::int32_t x) { sum += x; }
  void remove(std::int32_t x) { sum -= kBroken == Broken::Remove ? 0 : x; }
  void merge(const Sum& other) { sum = kBroken == Broken::Merge ? other.sum : sum + other.sum; }
  [[nodiscard]] std::int64_t result() const { return sum; }
  [[nodiscard]] std::tuple<std::int64_t> saved() const { return {sum}; }
  static Sum restored(std::int64_t sum) { return {sum}; }
};

template <Broken kBroken>
std::vector<std::string> found_in_sum() {
  return violations({.aggregates = {typed_aggregate<Sum<kBroken>>(
                         {.name = "f",
                          .parameters = {{"x", int32(), "A number."}},
                          .documentation = {.description = "Adds.",
                                            .example = "SELECT f(x) FROM (VALUES (1), (2)) AS t(x)",
                                            .example_result = "3"}})}});
}

TEST(SeededFaults, NoneInASoundAggregate) { EXPECT_THAT(found_in_sum<Broken::None>(), IsEmpty()); }

TEST(SeededFaults, Merge) {
  EXPECT_THAT(found_in_sum<Broken::Merge>(), Contains(StartsWith("f: merges")));
}

TEST(SeededFaults, Retract) {
  EXPECT_THAT(found_in_sum<Broken::Remove>(), Contains(StartsWith("f: frames")));
}

}  // namespace
}  // namespace alluvium::conformance
