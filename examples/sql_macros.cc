// Functions that SQL defines.

#include <iostream>

#include "alluvium/session/session.h"

int main() {
  // Defining one is DDL: a session for SQL from outside refuses it.
  const alluvium::Session session = alluvium::RuntimeProfile::trusted().open_session();
  for (const char* statement : {
           R"(
CREATE FUNCTION line_of(path VARCHAR, line INT DEFAULT 1) RETURNS VARCHAR
  RETURN path || ':' || line
)",
           R"(
CREATE FUNCTION lines_of(path VARCHAR, lines INT) RETURNS TABLE (place VARCHAR)
  RETURN (SELECT line_of(path, value) FROM generate_series(1, 9) WHERE value <= lines)
)",
           R"(
CREATE MACRO half(x, by := 2) AS x / by
)"}) {
    (void)session.sql(statement);
  }
  for (const char* query :
       {"SELECT line_of('a.py') AS first, line_of(line => 7, path => 'b.py') AS seventh",
        "SELECT place FROM lines_of('a.py', 3)", "SELECT half(7.0) AS h"}) {
    std::cout << session.sql(query).to_string() << '\n';
  }
  (void)session.sql("DROP FUNCTION lines_of, half");
}
