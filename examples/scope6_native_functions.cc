// Functions in C++: what they declare of themselves is what the catalog, the registry and the
// documentation say.

#include <iostream>

#include "alluvium/catalog/udf_catalog.h"
#include "alluvium/functions/library.h"
#include "alluvium/session/session.h"
#include "alluvium/udf/typed_aggregate.h"
#include "alluvium/udf/typed_function.h"

namespace {

// A function of values; nulls and the loop are the platform's work.
alluvium::ScalarFunction my_udf() {
  return alluvium::typed_function({.name = "my_udf",
                                   .parameters = {{"x", alluvium::int64(), "What is scaled."},
                                                  {.name = "factor",
                                                   .type = alluvium::int64(),
                                                   .description = "By how much.",
                                                   .default_value = alluvium::lit(2)}},
                                   .aliases = {"scaled"},
                                   .documentation = {.category = "example",
                                                     .description = "Scales a number.",
                                                     .example = "my_udf(21)",
                                                     .example_result = "42"}},
                                  [](std::int64_t x, std::int64_t factor) { return x * factor; });
}

// An aggregate of a plain state.
struct Longest {
  std::int64_t bytes = 0;
  void add(std::string_view text) {
    bytes = std::max(bytes, static_cast<std::int64_t>(text.size()));
  }
  void merge(const Longest& other) { bytes = std::max(bytes, other.bytes); }
  [[nodiscard]] std::int64_t result() const { return bytes; }
  [[nodiscard]] std::tuple<std::int64_t> saved() const { return {bytes}; }
  static Longest restored(std::int64_t bytes) { return {bytes}; }
};

void print(const alluvium::DataFrame& frame) { std::cout << frame.to_string() << '\n'; }

}  // namespace

int main() {
  alluvium::FunctionSet functions = alluvium::function_library();
  functions.scalars.push_back(my_udf());
  functions.aggregates.push_back(alluvium::typed_aggregate<Longest>(
      {.name = "longest",
       .parameters = {{"text", alluvium::utf8(), "Some text."}},
       .documentation = {.category = "example", .description = "The most bytes of a text."}}));

  alluvium::RuntimeProfile profile;
  profile.functions = functions;
  // Whoever relies on these functions names their snapshot: a session with others doesn't open.
  profile.function_snapshot = alluvium::snapshot(functions).hash;
  const alluvium::Session session = profile.open_session();

  // What is registered is what information_schema shows, in both directions.
  alluvium::UdfCatalog(functions).validate(session);

  print(
      session.sql("SELECT my_udf(x) AS doubled, my_udf(x, factor => 10) AS scaled, "
                  "stable_id('ref', x) AS id FROM (VALUES (1), (2)) AS t(x)"));
  print(session.sql("SELECT longest(path) FROM (VALUES ('a.py'), ('b/c.py')) AS t(path)"));
  print(
      session.sql("SELECT parameter_name, data_type FROM information_schema.parameters "
                  "WHERE specific_name = 'my_udf' AND parameter_mode = 'IN'"));
  print(session.sql("SELECT syntax, description FROM udf_docs() WHERE name = 'my_udf'"));
}
