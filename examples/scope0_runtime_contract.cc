// The runtime contract: a profile is the only way to a session, and its policy and the call's own
// options bound what SQL may do.

#include <iostream>

#include "alluvium/error.h"
#include "alluvium/session/session.h"

int main() {
  alluvium::RuntimeProfile profile{.enable_information_schema = true,
                                   .enable_ident_normalization = false,
                                   .require_delta = true};
  alluvium::Session session = profile.open_session();
  auto read_only =
      alluvium::SqlOptions{}.with_allow_ddl(false).with_allow_dml(false).with_allow_statements(
          false);
  alluvium::DataFrame df = session.sql("SELECT * FROM information_schema.tables", read_only);
  std::cout << df.to_string() << '\n';

  try {
    (void)session.sql("CREATE TABLE t AS SELECT 1", read_only);
    std::cerr << "a read-only session made a table\n";
    return 1;
  } catch (const alluvium::Error& error) {
    std::cout << "refused, as it should be: " << error.what() << '\n';
  }
}
