#include <algorithm>
#include <cstdint>

#include "alluvium/udf/typed_function.h"
#include "functions/families.h"

namespace alluvium {
namespace {

// How many integers lie in [begin, end), whatever the bounds are.
double extent(std::int64_t begin, std::int64_t end) {
  if (end <= begin) return 0;
  return static_cast<double>(static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(begin));
}

double align_score(std::int64_t left_begin, std::int64_t left_end, std::int64_t right_begin,
                   std::int64_t right_end) {
  if (left_begin == right_begin && left_end == right_end) return 1;
  const double common = extent(std::max(left_begin, right_begin), std::min(left_end, right_end));
  const double both = extent(left_begin, left_end) + extent(right_begin, right_end) - common;
  return both > 0 ? common / both : 0;
}

}  // namespace

FunctionSet interval_functions() {
  return {.scalars = {typed_function(
              {.name = "interval_align_score",
               .parameters = {{"left_start", int64(), "Where the left interval begins."},
                              {"left_end", int64(), "Where it ends, exclusive."},
                              {"right_start", int64(), "Where the right interval begins."},
                              {"right_end", int64(), "Where it ends, exclusive."}},
               .documentation = {.category = "interval",
                                 .description =
                                     "How well two intervals match, from 0 (nothing in common) to "
                                     "1 (the same): what they have in common over what they cover "
                                     "together. An interval that ends before it begins is empty.",
                                 .example = "interval_align_score(0, 10, 5, 15) * 3",
                                 .example_result = "1.0"}},
              align_score)}};
}

}  // namespace alluvium
