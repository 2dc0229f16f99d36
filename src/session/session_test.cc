#include "alluvium/session/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "alluvium/error.h"
#include "frame/rows_testing.h"

namespace alluvium {
namespace {

using ::testing::ElementsAre;
using testing::Rows;
using testing::rows_of;
using testing::values_of;

template <typename Action>
ErrorCode code_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::Internal;
}

Session open(SqlPolicy policy) { return RuntimeProfile{.sql_policy = policy}.open_session(); }

TEST(Session, RunsSqlWithParameters) {
  const Session session = open(SqlPolicy::ReadOnly);
  const DataFrame frame =
      session.sql("SELECT $n + 1 AS n, $text AS text, $day AS day, $none IS NULL AS none",
                  {{"n", lit(41)},
                   {"text", lit("'; DROP TABLE t; --")},
                   {"day", lit("2024-02-29", date32())},
                   {"none", lit_null(int64())}});
  EXPECT_EQ(rows_of(frame), (Rows{{"42", "'; DROP TABLE t; --", "2024-02-29", "true"}}));
}

TEST(Session, BindsOpenParametersLater) {
  const Session session = open(SqlPolicy::ReadOnly);
  const DataFrame open_frame =
      session.sql("SELECT * FROM generate_series(1, 10) t(n) WHERE n > $m");
  EXPECT_THAT(values_of(open_frame.with_params({{"m", lit(8)}})), ElementsAre("9", "10"));
}

TEST(Session, TellsWhatIsWrongWithAQuery) {
  const Session session = open(SqlPolicy::ReadOnly);
  EXPECT_EQ(code_of([&] { (void)session.sql("SELEKT 1"); }), ErrorCode::InvalidQuery);
  EXPECT_EQ(code_of([&] { (void)session.sql("SELECT nobody"); }), ErrorCode::InvalidQuery);
  EXPECT_EQ(code_of([&] { (void)session.sql("SELECT 1; SELECT 2"); }), ErrorCode::InvalidQuery);
  EXPECT_EQ(code_of([&] { (void)session.sql(""); }), ErrorCode::InvalidQuery);
  EXPECT_EQ(code_of([&] { (void)session.table("nobody"); }), ErrorCode::NotFound);
  EXPECT_FALSE(session.has_table("nobody"));
}

TEST(Session, HoldsItsPolicy) {
  const char* ddl = "CREATE TABLE t AS SELECT 1 AS n";
  const char* dml = "COPY (SELECT 1) TO '/tmp/alluvium_policy_test' STORED AS PARQUET";
  const char* statement = "SET datafusion.execution.batch_size = 17";
  for (const SqlPolicy policy : {SqlPolicy::ReadOnly, SqlPolicy::Write}) {
    const Session session = open(policy);
    EXPECT_EQ(code_of([&] { (void)session.sql(ddl); }), ErrorCode::PolicyViolation);
    EXPECT_EQ(code_of([&] { (void)session.sql(statement); }), ErrorCode::PolicyViolation);
  }
  EXPECT_EQ(code_of([&] { (void)open(SqlPolicy::ReadOnly).sql(dml); }), ErrorCode::PolicyViolation);
  const Session admin = open(SqlPolicy::Admin);
  (void)admin.sql(ddl);
  EXPECT_TRUE(admin.has_table("t"));
  EXPECT_EQ(code_of([&] { (void)admin.sql("DROP TABLE t", SqlOptions::read_only()); }),
            ErrorCode::PolicyViolation)
      << "the options hold in an admin session too";
  EXPECT_TRUE(admin.has_table("t"));
}

TEST(Session, CapsTheTextOfAQuery) {
  const Session session = RuntimeProfile{.max_sql_bytes = 20}.open_session();
  EXPECT_EQ(values_of(session.sql("SELECT 1")).size(), 1U);
  EXPECT_EQ(code_of([&] { (void)session.sql("SELECT 1 /* a longer text */"); }),
            ErrorCode::ResourceExhausted);
}

TEST(Session, CapsTheTimeOfAQuery) {
  const Session session =
      RuntimeProfile{.query_timeout = std::chrono::milliseconds(50)}.open_session();
  const DataFrame endless = session.sql(
      "SELECT count(*) FROM generate_series(1, 1000000) a(x), generate_series(1, 1000000) b(y) "
      "WHERE (a.x * b.y) % 7 = 3");
  EXPECT_EQ(code_of([&] { (void)endless.collect(); }), ErrorCode::DeadlineExceeded);
}

TEST(Session, CapsMemory) {
  const Session session =
      RuntimeProfile{.memory_limit = 64 << 20, .spill_limit = 1 << 20}.open_session();
  const DataFrame large = session.sql(
      "SELECT n, repeat('x', 100) AS s FROM generate_series(1, 2000000) t(n) ORDER BY s, n DESC");
  EXPECT_EQ(code_of([&] {
              RecordBatchReader reader = large.stream();
              while (reader.next()) {
              }
            }),
            ErrorCode::ResourceExhausted);
  EXPECT_GT(session.memory().peak, 0U);
  EXPECT_LE(session.memory().peak, 64U << 20);
}

TEST(Session, KeepsIdentifiersAsWritten) {
  const Session session = open(SqlPolicy::Admin);
  (void)session.sql("CREATE TABLE Mixed AS SELECT 1 AS Value");
  EXPECT_TRUE(session.has_table("Mixed"));
  EXPECT_FALSE(session.has_table("mixed"));
  EXPECT_EQ(session.sql("SELECT Value FROM Mixed").schema().fields[0].name, "Value");
  EXPECT_EQ(code_of([&] { (void)session.sql("SELECT value FROM Mixed"); }),
            ErrorCode::InvalidQuery);
}

TEST(Session, UsesTheFunctionsOfItsProfile) {
  RuntimeProfile profile;
  profile.functions.scalars.push_back({.name = "twice",
                                       .parameters = {{"x", int64()}},
                                       .returns = {.name = "", .type = int64()},
                                       .kernel = [](std::span<const ColumnView> arguments,
                                                    std::int64_t rows, ColumnBuilder& result) {
                                         for (std::int64_t row = 0; row < rows; ++row) {
                                           if (arguments[0].is_null(row)) {
                                             result.append_null();
                                           } else {
                                             result.append(2 * arguments[0].int64(row));
                                           }
                                         }
                                       }});
  const Session session = profile.open_session();
  EXPECT_THAT(values_of(session.sql("SELECT twice(n) FROM (VALUES (1), (NULL), (3)) t(n)")),
              ElementsAre("2", "NULL", "6"));
  EXPECT_THAT(values_of(session.sql("SELECT twice(21)")), ElementsAre("42"));
  EXPECT_THAT(values_of(session.sql("SELECT 1 AS one").select({call("twice", {lit(4)})})),
              ElementsAre("8"))
      << "integers of any width are converted";
  EXPECT_EQ(code_of([&] { (void)session.sql("SELECT twice('4')"); }), ErrorCode::InvalidQuery)
      << "text is not: a number in it is for a cast to find";
}

TEST(Session, RefusesUnknownSettings) {
  EXPECT_EQ(code_of([] {
              (void)RuntimeProfile{.settings = {{"datafusion.no.such", "1"}}}.open_session();
            }),
            ErrorCode::InvalidArgument);
}

TEST(Session, StaysInsideItsRoots) {
  const auto root = std::filesystem::path(::testing::TempDir()) / "alluvium_session_root";
  std::filesystem::create_directories(root);
  RuntimeProfile profile =
      RuntimeProfile::untrusted({root.string()}, 64 << 20, std::chrono::seconds(10));
  profile.sql_policy = SqlPolicy::Admin;
  const Session session = profile.open_session();
  EXPECT_EQ(session.sql("SELECT 1 AS n").write_parquet(root / "inside"), 1U);
  EXPECT_EQ(code_of([&] {
              session.sql("SELECT 1 AS n").write_parquet(root / ".." / "alluvium_outside");
            }),
            ErrorCode::PolicyViolation);
  EXPECT_EQ(code_of([&] {
              (void)session.sql(
                  "CREATE EXTERNAL TABLE t(x VARCHAR) STORED AS CSV LOCATION '/etc/passwd'");
              (void)session.sql("SELECT * FROM t").collect();
            }),
            ErrorCode::PolicyViolation);
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace alluvium
