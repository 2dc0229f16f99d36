#include <limits>

#include "functions/function_testing.h"
#include "functions/span_columns.h"

namespace alluvium::testing {
namespace {

using Texts = std::vector<std::string>;

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

// Spans with an end that is the last byte where `inclusive`.
Value span(Value begin, Value end, bool inclusive = false) {
  return parts({std::move(begin), std::move(end), 0, "byte", !inclusive});
}

Column spans(std::vector<Value> values) { return {span_type(), std::move(values)}; }

Column plain(std::vector<Value> values) {
  return {struct_({{.name = "bend", .type = int32()},
                   {.name = "other", .type = utf8()},
                   {.name = "bstart", .type = int64()}}),
          std::move(values)};
}

TEST(Span, IsMadeOfItsParts) {
  EXPECT_EQ(
      run("span_make", {numbers({3, nullptr, 1}), numbers({7, 9, nullptr}), constant(int32(), 1),
                        constant(utf8(), "UTF16"), constant(boolean(), true)}),
      Texts({"{bstart: 3, bend: 7, line_base: 1, col_unit: utf16, end_exclusive: true}",
             "{bstart: null, bend: 9, line_base: 1, col_unit: utf16, end_exclusive: true}",
             "{bstart: 1, bend: null, line_base: 1, col_unit: utf16, end_exclusive: true}"}));
  EXPECT_EQ(code_of([] {
              run("span_make", {numbers({3}), numbers({7}), constant(int32(), 1),
                                constant(utf8(), "lines"), constant(boolean(), true)});
            }),
            ErrorCode::InvalidArgument);
}

TEST(Span, HasALength) {
  EXPECT_EQ(run("span_len", {spans({span(3, 7), span(3, 7, true), span(3, nullptr),
                                    span(nullptr, 7), nullptr, span(7, 3)})}),
            Texts({"4", "5", "null", "null", "null", "-4"}));
  EXPECT_EQ(run("span_len", {plain({parts({7, "x", 3}), nullptr})}), Texts({"4", "null"}));
  EXPECT_EQ(run("span_len", {{null_type(), {nullptr, nullptr}}}), Texts({"null", "null"}));
}

TEST(Span, SaturatesAtTheEndsOfIntegers) {
  EXPECT_EQ(run("span_len", {spans({span(kLeast, kMost), span(kMost, kLeast), span(0, kMost, true),
                                    span(kLeast, 0)})}),
            Texts({std::to_string(kMost), std::to_string(kLeast), std::to_string(kMost),
                   std::to_string(kMost)}));
}

TEST(Span, Overlaps) {
  EXPECT_EQ(
      run("span_overlaps", {spans({span(0, 3), span(0, 3), span(0, 3, true), span(2, 2), nullptr}),
                            spans({span(2, 5), span(3, 5), span(3, 5), span(0, 5), span(0, 1)})}),
      Texts({"true", "false", "true", "false", "null"}));
  EXPECT_EQ(run("span_overlaps", {plain({parts({3, "x", 0})}), constant(span_type(), span(2, 5))}),
            Texts({"true"}));
}

TEST(Span, Contains) {
  EXPECT_EQ(run("span_contains", {constant(span_type(), span(0, 5)),
                                  spans({span(0, 5), span(0, 5, true), span(2, 3), span(5, 5),
                                         span(6, 6), span(4, 2), span(nullptr, 2), nullptr})}),
            Texts({"true", "false", "true", "true", "false", "false", "null", "null"}));
}

TEST(Span, RefusesOtherStructs) {
  const Column other{struct_({{.name = "a", .type = int64()}}), {parts({1})}};
  EXPECT_EQ(code_of([&] { run("span_len", {other}); }), ErrorCode::InvalidQuery);
  const Column text{struct_({{.name = "bstart", .type = utf8()}, {.name = "bend", .type = utf8()}}),
                    {parts({"1", "2"})}};
  EXPECT_EQ(code_of([&] { run("span_overlaps", {text, text}); }), ErrorCode::InvalidQuery);
}

TEST(Interval, AlignsByWhatIsCommon) {
  EXPECT_EQ(
      run("interval_align_score",
          {numbers({0, 0, 0, 0, 3, 5, kLeast, nullptr}), numbers({10, 10, 10, 10, 3, 2, kMost, 1}),
           numbers({0, 5, 10, 2, 3, 0, kLeast, 0}), numbers({10, 15, 20, 7, 3, 9, kMost, 1})}),
      Texts({"1", "0.333333", "0", "0.5", "1", "0", "1", "null"}));
}

}  // namespace
}  // namespace alluvium::testing
