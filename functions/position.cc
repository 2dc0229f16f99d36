#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "alluvium/frame/expr.h"
#include "alluvium/udf/scalar_function.h"
#include "functions/families.h"
#include "functions/position_unit.h"

namespace alluvium {
namespace {

using Arguments = std::span<const ColumnView>;

// The unit of each row, which is mostly the same for all.
class Units {
 public:
  explicit Units(const ColumnView& column) : column_(column) {
    if (column.is_scalar() && !column.is_null(0)) constant_ = position_unit(column.bytes(0));
  }
  /// That of all rows, if it is one.
  [[nodiscard]] std::optional<PositionUnit> all() const { return constant_; }
  [[nodiscard]] PositionUnit at(std::int64_t row) const {
    return constant_ ? *constant_ : position_unit(column_.bytes(row));
  }

 private:
  const ColumnView& column_;
  std::optional<PositionUnit> constant_;
};

using Position = std::int64_t (*)(std::string_view line, std::int64_t position, PositionUnit unit);

// A kernel for each function, so that it is compiled into the loop.
template <Position kPosition>
void write_positions(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  const Validity validity = Validity::of_all(arguments, rows);
  const Units units(arguments[2]);
  auto* const out = result.extend<std::int64_t>(validity);
  const std::int64_t* const positions = arguments[1].data<std::int64_t>();
  const auto lines = arguments[0].text_data();
  const std::optional<PositionUnit> unit = units.all();
  if (validity.null_count() == 0 && positions != nullptr && lines && unit) {
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int32_t begin = lines->offsets[row];
      const std::string_view line(lines->bytes + begin,
                                  static_cast<std::size_t>(lines->offsets[row + 1] - begin));
      out[row] = kPosition(line, positions[row], *unit);
    }
    return;
  }
  for (std::int64_t row = 0; row < rows; ++row) {
    out[row] = validity.is_null(row)
                   ? 0
                   : kPosition(arguments[0].bytes(row), arguments[1].int64(row), units.at(row));
  }
}

std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

void append_byte_spans(Arguments arguments, std::int64_t rows, ColumnBuilder& result) {
  const Validity validity = Validity::of_all(arguments, rows);
  const Units units(arguments[6]);
  auto* const starts = result.child(0).extend<std::int64_t>(Validity(rows));
  auto* const ends = result.child(1).extend<std::int64_t>(Validity(rows));
  const auto absolute = [&](std::size_t first, std::int64_t row) {
    const std::int64_t byte = byte_of_column(arguments[first + 1].bytes(row),
                                             arguments[first + 2].int64(row), units.at(row));
    return saturating_add(arguments[first].int64(row), byte);
  };
  for (std::int64_t row = 0; row < rows; ++row) {
    const bool null = validity.is_null(row);
    starts[row] = null ? 0 : absolute(0, row);
    ends[row] = null ? 0 : absolute(3, row);
  }
  result.finish_elements(validity);
}

Parameter unit() {
  return {.name = "unit",
          .type = utf8(),
          .description =
              "What columns count: bytes (`byte`, `utf8`), UTF-16 code units (`utf16`) "
              "or code points (`utf32`).",
          .default_value = lit("utf32"),
          .examples = {"'byte'", "'utf8'", "'utf16'", "'utf32'"}};
}

constexpr const char* kClamping =
    " Positions count from 0; one outside of the line becomes its end, one inside a character the "
    "character's start.";

ScalarFunction col_to_byte() {
  return {
      .name = "col_to_byte",
      .parameters = {{"line_text", utf8(), "The line."},
                     {"col", int64(), "The column in it."},
                     unit()},
      .returns = {"", int64(), /*nullable=*/false},
      .kernel = write_positions<byte_of_column>,
      .documentation = {.category = "position",
                        .description =
                            std::string("The byte of a line at which a column is.") + kClamping,
                        .example = "col_to_byte('naïve', 3)",
                        .example_result = "4"},
      .null_propagating = true,
      .monotonicity = {ScalarFunction::Monotonicity::None, ScalarFunction::Monotonicity::Increasing,
                       ScalarFunction::Monotonicity::None}};
}

ScalarFunction byte_to_col() {
  return {
      .name = "byte_to_col",
      .parameters = {{"line_text", utf8(), "The line."},
                     {"byte", int64(), "The byte in it."},
                     unit()},
      .returns = {"", int64(), /*nullable=*/false},
      .kernel = write_positions<column_of_byte>,
      .documentation = {.category = "position",
                        .description =
                            std::string("The column in which a byte of a line is: the inverse of "
                                        "`col_to_byte`.") +
                            kClamping,
                        .example = "byte_to_col('naïve', 4)",
                        .example_result = "3"},
      .null_propagating = true,
      .monotonicity = {ScalarFunction::Monotonicity::None, ScalarFunction::Monotonicity::Increasing,
                       ScalarFunction::Monotonicity::None}};
}

ScalarFunction canonicalize_byte_span() {
  return {
      .name = "canonicalize_byte_span",
      .parameters = {{"start_line_byte", int64(),
                      "The byte of the file at which its first line "
                      "begins."},
                     {"start_line_text", utf8(), "That line."},
                     {"start_col", int64(), "The column in it at which the span begins."},
                     {"end_line_byte", int64(), "The byte at which its last line begins."},
                     {"end_line_text", utf8(), "That line."},
                     {"end_col", int64(), "The column in it at which the span ends."},
                     unit()},
      .returns = {"",
                  struct_({{.name = "bstart", .type = int64()}, {.name = "bend", .type = int64()}}),
                  /*nullable=*/false},
      .kernel = append_byte_spans,
      .documentation = {.category = "position",
                        .description =
                            std::string("The bytes of a file between two places that are given by "
                                        "line and column.") +
                            kClamping,
                        .example = "canonicalize_byte_span(10, 'ä = 1', 0, 10, 'ä = 1', 1)['bend']",
                        .example_result = "12"},
      .null_propagating = true};
}

}  // namespace

FunctionSet position_functions() {
  return {.scalars = {col_to_byte(), byte_to_col(), canonicalize_byte_span()}};
}

}  // namespace alluvium
