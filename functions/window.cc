#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "alluvium/udf/window_function.h"
#include "functions/constant.h"
#include "functions/families.h"
#include "functions/ordering.h"

namespace alluvium {
namespace {

// Better scores first; what is no number is no good score.
template <typename T>
bool is_better(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, double>) {
    return a > b || (std::isnan(b) && !std::isnan(a));
  } else {
    return b < a;
  }
}

template <typename T>
void append_ranks(const ColumnView& scores, std::int64_t rows, ColumnBuilder& result) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto nulls = std::stable_partition(order.begin(), order.end(),
                                           [&](std::int64_t row) { return !scores.is_null(row); });
  std::stable_sort(order.begin(), nulls, [&](std::int64_t a, std::int64_t b) {
    return is_better(read_ordered<T>(scores, a), read_ordered<T>(scores, b));
  });
  auto* const ranks = result.extend<std::uint64_t>(Validity(rows));
  std::uint64_t rank = 0;
  for (const std::int64_t row : order) ranks[row] = ++rank;
}

WindowFunction dedupe_best_by_score() {
  return {.name = "dedupe_best_by_score",
          .parameters = {{"score", TypeClass::Numeric, "The higher, the better."}},
          .returns = {"", uint64(), /*nullable=*/false},
          .return_field =
              [](const FunctionCall& call) {
                const DataType& type = call.arguments.at(0).type;
                if (representation_of(type) == Representation::None) {
                  refuse_call("scores of type " + type.to_string() + " have no order");
                }
                return Field{.name = "", .type = uint64(), .nullable = false};
              },
          .partition_kernel =
              [](std::span<const ColumnView> arguments, std::int64_t rows, ColumnBuilder& result) {
                with_representation(representation_of(arguments[0].type()),
                                    [&]<typename T>(std::type_identity<T>) {
                                      append_ranks<T>(arguments[0], rows, result);
                                    });
              },
          .documentation =
              {.category = "window",
               .description =
                   "Numbers the rows of a partition from the best score down: row 1 is the one to "
                   "keep. Equal scores keep the window's order; then come NaN and null.",
               .example = "SELECT x FROM (SELECT x, dedupe_best_by_score(x) OVER () AS n "
                          "FROM (VALUES (1), (7)) AS t(x)) WHERE n = 1",
               .example_result = "7"}};
}

}  // namespace

FunctionSet window_functions() {
  return {.windows = {dedupe_best_by_score()},
          .aliases = {{"first_value_agg", "first_value"},
                      {"last_value_agg", "last_value"},
                      {"row_number_window", "row_number"},
                      {"lag_window", "lag"},
                      {"lead_window", "lead"}}};
}

}  // namespace alluvium
