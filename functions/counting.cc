#include <cstdint>
#include <tuple>

#include "alluvium/udf/typed_aggregate.h"
#include "functions/families.h"

namespace alluvium {
namespace {

struct CountIf {
  std::int64_t count = 0;

  void add(bool condition) { count += condition ? 1 : 0; }
  void remove(bool condition) { count -= condition ? 1 : 0; }
  void merge(const CountIf& other) { count += other.count; }
  [[nodiscard]] std::int64_t result() const { return count; }
  [[nodiscard]] std::tuple<std::int64_t> saved() const { return {count}; }
  static CountIf restored(std::int64_t count) { return {count}; }
};

}  // namespace

FunctionSet counting_functions() {
  return {.aggregates = {typed_aggregate<CountIf>(
              {.name = "count_if",
               .parameters = {{"condition", boolean(), "What is to be true."}},
               .documentation = {.category = "aggregate",
                                 .description = "How many rows have a true condition; 0 for none.",
                                 .example = "SELECT count_if(x > 1) FROM (VALUES (1), (2)) AS t(x)",
                                 .example_result = "1"}})}};
}

}  // namespace alluvium
