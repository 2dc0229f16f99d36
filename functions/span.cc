#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "alluvium/frame/column.h"
#include "alluvium/frame/expr.h"
#include "alluvium/udf/scalar_function.h"
#include "functions/constant.h"
#include "functions/families.h"
#include "functions/position_unit.h"
#include "functions/span_columns.h"

namespace alluvium {
namespace {

using Arguments = std::span<const ColumnView>;

template <typename Stored>
void append_integers(const ColumnView& column, std::int64_t rows, ColumnBuilder result) {
  const Validity validity = Validity::of_all({&column, 1}, rows);
  auto* const out = result.extend<Stored>(validity);
  for (std::int64_t row = 0; row < rows; ++row) {
    out[row] = validity.is_null(row) ? Stored{0} : static_cast<Stored>(column.int64(row));
  }
}

void append_units(const ColumnView& column, std::int64_t rows, ColumnBuilder result) {
  for (std::int64_t row = 0; row < rows; ++row) {
    if (column.is_null(row)) {
      result.append_null();
    } else {
      result.append(to_string(position_unit(column.bytes(row))));
    }
  }
}

void append_booleans(const ColumnView& column, std::int64_t rows, ColumnBuilder result) {
  const Validity validity = Validity::of_all({&column, 1}, rows);
  std::vector<std::uint8_t> values(static_cast<std::size_t>(rows));
  for (std::int64_t row = 0; row < rows; ++row) {
    if (!validity.is_null(row)) values[static_cast<std::size_t>(row)] = column.boolean(row) ? 1 : 0;
  }
  result.extend_booleans(values, validity);
}

void append_spans(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  append_integers<std::int64_t>(arguments[0], rows, result.child(0));
  append_integers<std::int64_t>(arguments[1], rows, result.child(1));
  append_integers<std::int32_t>(arguments[2], rows, result.child(2));
  append_units(arguments[3], rows, result.child(3));
  append_booleans(arguments[4], rows, result.child(4));
  result.finish_elements(Validity(rows));
}

void append_lengths(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  const SpanColumns spans(arguments[0]);
  Validity validity(rows);
  std::vector<std::int64_t> lengths(static_cast<std::size_t>(rows));
  for (std::int64_t row = 0; row < rows; ++row) {
    if (const auto span = spans.at(row)) {
      lengths[static_cast<std::size_t>(row)] = span->length();
    } else {
      validity.set_null(row);
    }
  }
  std::copy(lengths.begin(), lengths.end(), result.extend<std::int64_t>(validity));
}

template <typename Holds>
auto comparison(Holds holds) {
  return [holds](Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
    const SpanColumns left(arguments[0]);
    const SpanColumns right(arguments[1]);
    Validity validity(rows);
    std::vector<std::uint8_t> values(static_cast<std::size_t>(rows));
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto a = left.at(row);
      const auto b = right.at(row);
      if (a && b) {
        values[static_cast<std::size_t>(row)] = holds(*a, *b) ? 1 : 0;
      } else {
        validity.set_null(row);
      }
    }
    result.extend_booleans(values, validity);
  };
}

// Spans have bounds that can be null inside a struct that isn't: the result always can be.
auto span_field(DataType type) {
  return [type = std::move(type)](const FunctionCall& call) {
    for (const Field& argument : call.arguments) {
      const std::string why = SpanColumns::refusal(argument.type);
      if (!why.empty()) refuse_call(why);
    }
    return Field{.name = "", .type = type};
  };
}

constexpr const char* kSpan =
    "A struct with the integers `bstart` and `bend`; with `end_exclusive` false, `bend` is the "
    "last "
    "byte in it.";

ScalarFunction span_make() {
  return {.name = "span_make",
          .parameters = {{"bstart", int64(), "The first byte."},
                         {"bend", int64(), "Where the bytes end."},
                         {.name = "line_base",
                          .type = int32(),
                          .description = "The number of the first line, where lines are counted.",
                          .default_value = lit(std::int32_t{0})},
                         {.name = "col_unit",
                          .type = utf8(),
                          .description = "What columns count: `byte`, `utf8`, `utf16` or `utf32`.",
                          .default_value = lit("byte"),
                          .examples = {"'byte'", "'utf8'", "'utf16'", "'utf32'"}},
                         {.name = "end_exclusive",
                          .type = boolean(),
                          .description = "Whether `bend` is behind the last byte; null is as true.",
                          .default_value = lit(true)}},
          .returns = {"", span_type(), /*nullable=*/false},
          .kernel = append_spans,
          .aliases = {"span"},
          .documentation = {.category = "span",
                            .description = "A span of a file's bytes. Never null itself; its "
                                           "fields are where the arguments are.",
                            .example = "span_make(3, 7)['bend']",
                            .example_result = "7"}};
}

ScalarFunction span_len() {
  return {.name = "span_len",
          .parameters = {{"span", TypeClass::Struct, kSpan}},
          .returns = {"", int64()},
          .kernel = append_lengths,
          .documentation = {.category = "span",
                            .description = "How many bytes a span has; negative where it ends "
                                           "before it begins. Null where a bound is null.",
                            .example = "span_len(span_make(3, 7, end_exclusive => false))",
                            .example_result = "5"},
          .return_field = span_field(int64())};
}

ScalarFunction span_overlaps() {
  return {.name = "span_overlaps",
          .parameters = {{"a", TypeClass::Struct, kSpan}, {"b", TypeClass::Struct, kSpan}},
          .returns = {"", boolean()},
          .kernel = comparison([](Interval a, Interval b) { return a.overlaps(b); }),
          .documentation = {.category = "span",
                            .description = "Whether two spans have a byte in common: an empty span "
                                           "has none. Null where a bound is null.",
                            .example = "span_overlaps(span_make(0, 3), span_make(2, 5))",
                            .example_result = "true"},
          .return_field = span_field(boolean())};
}

ScalarFunction span_contains() {
  return {.name = "span_contains",
          .parameters = {{"a", TypeClass::Struct, kSpan}, {"b", TypeClass::Struct, kSpan}},
          .returns = {"", boolean()},
          .kernel = comparison([](Interval a, Interval b) { return a.contains(b); }),
          .documentation = {.category = "span",
                            .description = "Whether `b` lies in `a`; an empty span does where its "
                                           "place is in `a` or at its end. Null where a bound is "
                                           "null. Also `a @> b` and `b <@ a`.",
                            .example = "span_contains(span_make(0, 9), span_make(2, 5))",
                            .example_result = "true"},
          .return_field = span_field(boolean())};
}

}  // namespace

FunctionSet span_functions() {
  return {.scalars = {span_make(), span_len(), span_overlaps(), span_contains()},
          .operators = {{.symbol = "@>",
                         .function = "span_contains",
                         .left = TypeClass::Struct,
                         .right = TypeClass::Struct},
                        {.symbol = "<@",
                         .function = "span_contains",
                         .left = TypeClass::Struct,
                         .right = TypeClass::Struct,
                         .swapped = true}}};
}

}  // namespace alluvium
