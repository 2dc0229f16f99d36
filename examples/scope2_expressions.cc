// Expressions are C++ values, and all work is one plan of the engine.

#include <iostream>

#include "alluvium/frame/functions.h"
#include "alluvium/session/session.h"

int main() {
  namespace f = alluvium::functions;
  using alluvium::col;

  const alluvium::Session session = alluvium::RuntimeProfile{}.open_session();
  alluvium::DataFrame df = session.sql(
      "SELECT * FROM (VALUES ('a', NULL, '2024-02-29'), (NULL, 'b', '2024-03-01'), "
      "('c', 'd', '2024-03-02')) AS t(value, fallback, ts)");

  auto mask = f::is_null(col("value")) | f::is_null(col("fallback"));
  df = df.filter(mask).select({
      f::coalesce(col("value"), col("fallback")).alias("value"),
      f::arrow_cast(col("ts"), "Timestamp(Microsecond, None)").alias("ts"),
  });
  std::cout << df.to_string() << '\n';
}
