#include <gtest/gtest.h>

#include "alluvium/session/session.h"
#include "frame/rows_testing.h"

namespace alluvium {
namespace {

using testing::Rows;
using testing::rows_of;

// The engine's defaults give the rows of the inner `a` here (apache/datafusion#25414).
TEST(Optimizer, ReadsComputedColumnsBesidePartsOfStructs) {
  const Session session = RuntimeProfile::trusted().open_session();
  (void)session
      .sql(
          "CREATE TABLE t AS SELECT value AS a, named_struct('b', value) AS s "
          "FROM generate_series(1, 2)")
      .collect();
  const Rows expected{{"-2", "2"}, {"-1", "1"}};
  for (const char* inner :
       {"SELECT -a AS a, s FROM t WHERE a > 0", "SELECT -a AS a, s FROM t LIMIT 10"}) {
    EXPECT_EQ(
        rows_of(session.sql(std::string("SELECT a, s['b'] AS b FROM (") + inner + ") ORDER BY a")),
        expected)
        << inner;
  }
  EXPECT_EQ(rows_of(session.sql("SELECT s['c'] AS c FROM (SELECT named_struct('c', s['b']) AS s "
                                "FROM t) ORDER BY c")),
            (Rows{{"1"}, {"2"}}));
}

}  // namespace
}  // namespace alluvium
