// Functions of whole columns: a kernel with a result shaped by a constant, a window function, a
// table function.

#include <cstdint>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>

#include "alluvium/error.h"
#include "alluvium/session/session.h"
#include "alluvium/udf/function_set.h"

namespace {

// A kernel writes whole buffers, and reads them where they lie side by side in memory.
void write_scaled(std::span<const alluvium::ColumnView> arguments, std::int64_t rows,
                  alluvium::ColumnBuilder& result) {
  const alluvium::ColumnView& x = arguments[0];
  const double factor = arguments[1].bytes(0) == "km" ? 1000 : 1;
  const auto validity = alluvium::Validity::of_all(arguments.first(1), rows);
  double* const out = result.extend<double>(validity);
  if (const double* const values = x.data<double>()) {
    for (std::int64_t row = 0; row < rows; ++row) out[row] = values[row] * factor;
  } else {
    for (std::int64_t row = 0; row < rows; ++row) out[row] = x.float64(row) * factor;
  }
}

// The field of the result, told when the query is planned, from the arguments' fields and
// constants.
alluvium::Field metres(const alluvium::FunctionCall& call) {
  const std::string unit(call.constant(1).bytes(0));
  if (unit != "m" && unit != "km") {
    throw alluvium::Error(alluvium::ErrorCode::InvalidQuery, "there is no unit `" + unit + "`");
  }
  return {.name = "",
          .type = alluvium::float64(),
          .nullable = call.arguments[0].nullable,
          .metadata = {{"unit", "m"}}};
}

alluvium::ScalarFunction in_metres() {
  return {.name = "in_metres",
          .parameters = {{"length", alluvium::float64(), "A length."},
                         {.name = "unit",
                          .type = alluvium::utf8(),
                          .description = "What it is measured in.",
                          .default_value = alluvium::lit("km"),
                          .constant = true,
                          .examples = {"'km'", "'m'"}}},
          .kernel = write_scaled,
          .return_field = metres,
          .null_propagating = true};
}

// Of each row, how far it is from the first of its partition.
alluvium::WindowFunction since_first() {
  return {.name = "since_first",
          .parameters = {{"x", alluvium::int64(), "What grows."}},
          .returns = {.name = "", .type = alluvium::int64()},
          .partition_kernel = [](std::span<const alluvium::ColumnView> arguments, std::int64_t rows,
                                 alluvium::ColumnBuilder& result) {
            const alluvium::ColumnView& x = arguments[0];
            for (std::int64_t row = 0; row < rows; ++row) {
              if (x.is_null(row) || x.is_null(0)) {
                result.append_null();
              } else {
                result.append(x.int64(row) - x.int64(0));
              }
            }
          }};
}

// Runs while the statement is planned, and may use the session.
alluvium::TableFunction multiples() {
  return {.name = "multiples",
          .parameters = {{"of", alluvium::int64(), "A number."},
                         {.name = "count",
                          .type = alluvium::int64(),
                          .description = "How many.",
                          .default_value = alluvium::lit(3)}},
          .plan = [](const alluvium::Session& session,
                     std::span<const alluvium::ColumnView> arguments, const alluvium::Interrupt&) {
            return session.sql("SELECT value * $of AS n FROM generate_series(1, $count)",
                               {{"of", alluvium::lit(arguments[0].int64(0))},
                                {"count", alluvium::lit(arguments[1].int64(0))}});
          }};
}

void print(const alluvium::DataFrame& frame) { std::cout << frame.to_string() << '\n'; }

}  // namespace

int main() {
  alluvium::RuntimeProfile profile;
  profile.functions = {
      .scalars = {in_metres()}, .windows = {since_first()}, .tables = {multiples()}};
  const alluvium::Session session = profile.open_session();
  print(session.sql("SELECT in_metres(1.5) AS a, in_metres(1.5, unit => 'm') AS b"));
  print(session.sql("SELECT n, since_first(n) OVER (ORDER BY n) AS more FROM multiples(7)"));
  try {
    (void)session.sql("SELECT in_metres(1, 'mile')");
  } catch (const alluvium::Error& error) {
    std::cout << error.what() << '\n';
  }
}
