// SQL that changes Delta tables runs as the operations of this room.

#include <gmock/gmock.h>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/alter.h"
#include "alluvium/delta/create.h"
#include "alluvium/delta/inspect.h"
#include "delta/commit_protocol_internal.h"
#include "delta/table_testing.h"

namespace alluvium::delta {
namespace {

using alluvium::testing::Rows;
using alluvium::testing::rows_of;
using alluvium::testing::values_of;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;

class SqlStatementTest : public testing::TableTest {
 protected:
  SqlStatementTest() {
    create(session, {.table_uri = uri, .schema = {{{"n", int64(), true}, {"s", utf8(), true}}}});
    append(0, 4);
    IoAdapter(session).register_delta_table_provider(
        "t", provider_from_session(session, {.table_uri = uri}).provider);
  }
  [[nodiscard]] Rows run(std::string_view sql, const SqlParameters& parameters = {}) const {
    return rows_of(session.sql(sql, parameters));
  }
  [[nodiscard]] Rows rows() const { return run("SELECT n, s FROM t ORDER BY n"); }
  [[nodiscard]] std::string last_operation() const {
    return history(session, {.table_uri = uri}, 1).front().operation;
  }
  void set_interleaved(std::function<void()> other) {
    set_interleaving([other = std::move(other)](int) {
      const std::function<void()> once = other;
      set_interleaving({});
      once();
    });
  }
  ~SqlStatementTest() override { set_interleaving({}); }
};

TEST_F(SqlStatementTest, InsertAppendsOnceAndIsSeenByTheSession) {
  EXPECT_EQ(run("INSERT INTO t VALUES (7, 'seven'), (8, NULL)"), (Rows{{"2", "2"}}));
  EXPECT_EQ(run("INSERT INTO t (s) VALUES ('no n')"), (Rows{{"1", "3"}}));
  EXPECT_EQ(run("SELECT count(*), count(n) FROM t"), (Rows{{"7", "6"}}));
  EXPECT_EQ(run("INSERT INTO t SELECT n + 100, s FROM t WHERE n < 2"), (Rows{{"2", "4"}}));
  EXPECT_EQ(last_operation(), "WRITE");
  EXPECT_THAT(ns(), ElementsAre("0", "1", "2", "3", "7", "8", "100", "101", "NULL"));
}

TEST_F(SqlStatementTest, AFrameOfTheResultCommitsNoMore) {
  const DataFrame result = session.sql("INSERT INTO t VALUES (7, 'seven')");
  EXPECT_EQ(rows_of(result), rows_of(result));
  EXPECT_EQ(snapshot(session, {.table_uri = uri}).version, 2);
}

TEST_F(SqlStatementTest, InsertOverwriteReplacesAllRows) {
  EXPECT_EQ(run("INSERT OVERWRITE t SELECT n, upper('x') FROM t WHERE n > 1"), (Rows{{"2", "2"}}));
  EXPECT_EQ(rows(), (Rows{{"2", "X"}, {"3", "X"}}));
}

TEST_F(SqlStatementTest, DeleteTakesConditionsAndParameters) {
  EXPECT_EQ(run("DELETE FROM t WHERE n = $n OR s = $s", {{"n", lit(1)}, {"s", lit("3")}}),
            (Rows{{"2", "2"}}));
  EXPECT_EQ(rows(), (Rows{{"0", "0"}, {"2", "2"}}));
  EXPECT_EQ(run("DELETE FROM t WHERE t.n > 100"), (Rows{{"0", "2"}}));
  EXPECT_EQ(run("DELETE FROM t").front().back(), "3");
  EXPECT_EQ(rows(), Rows{});
}

TEST_F(SqlStatementTest, UpdateSetsWhatItNames) {
  EXPECT_EQ(run("UPDATE t SET s = concat(s, $tail), n = n * 10 WHERE n BETWEEN 1 AND 2",
                {{"tail", lit("'; DROP")}}),
            (Rows{{"2", "2"}}));
  EXPECT_EQ(rows(), (Rows{{"0", "0"}, {"3", "3"}, {"10", "1'; DROP"}, {"20", "2'; DROP"}}));
  EXPECT_EQ(run("UPDATE t AS x SET s = NULL WHERE x.n = 0"), (Rows{{"1", "3"}}));
  EXPECT_EQ(rows().front(), (std::vector<std::string>{"0", "NULL"}));
}

TEST_F(SqlStatementTest, MergeDoesItsClauses) {
  EXPECT_EQ(run("MERGE INTO t USING (VALUES (1, 'one'), (2, 'gone'), (9, 'new')) AS v(n, s) "
                "ON t.n = v.n "
                "WHEN MATCHED AND v.s = 'gone' THEN DELETE "
                "WHEN MATCHED THEN UPDATE SET s = v.s "
                "WHEN NOT MATCHED THEN INSERT (n, s) VALUES (v.n, upper(v.s)) "
                "WHEN NOT MATCHED BY SOURCE AND t.n = 0 THEN DELETE"),
            (Rows{{"4", "2"}}));
  EXPECT_EQ(last_operation(), "MERGE");
  EXPECT_EQ(rows(), (Rows{{"1", "one"}, {"3", "3"}, {"9", "NEW"}}));
}

TEST_F(SqlStatementTest, MergeWithAliasesAndItself) {
  EXPECT_EQ(run("MERGE INTO t AS old USING (SELECT n + 2 AS n, s FROM t) AS new ON old.n = new.n "
                "WHEN MATCHED THEN UPDATE SET s = concat(old.s, new.s) "
                "WHEN NOT MATCHED THEN INSERT (n, s) VALUES (new.n, new.s)"),
            (Rows{{"4", "2"}}));
  EXPECT_EQ(rows(),
            (Rows{{"0", "0"}, {"1", "1"}, {"2", "20"}, {"3", "31"}, {"4", "2"}, {"5", "3"}}));
}

TEST_F(SqlStatementTest, ConstraintsHold) {
  add_constraints(session, {.table_uri = uri}, {{"small", "n < 50"}});
  EXPECT_EQ(error_of([&] { (void)run("INSERT INTO t VALUES (99, 'too much')"); }).code(),
            ErrorCode::ConstraintViolation);
  EXPECT_EQ(error_of([&] { (void)run("UPDATE t SET n = 99 WHERE n = 1"); }).code(),
            ErrorCode::ConstraintViolation);
  EXPECT_EQ(snapshot(session, {.table_uri = uri}).version, 2);
}

TEST_F(SqlStatementTest, AStatementIsPlannedAgainAfterALostCommit) {
  set_interleaved([&] {
    const Session other = RuntimeProfile::trusted().open_session();
    delta::write(other, other.sql("SELECT CAST(1000 AS BIGINT) AS n, 'other' AS s"),
                 {.table_uri = uri});
  });
  EXPECT_EQ(run("INSERT OVERWRITE t SELECT n + 1, s FROM t"), (Rows{{"5", "3"}}));
  EXPECT_THAT(ns(), ElementsAre("1", "2", "3", "4", "1001"));
}

TEST_F(SqlStatementTest, WhatCantBeDoneIsRefusedAndNothingIsWritten) {
  const auto code = [&](std::string_view sql) { return error_of([&] { (void)run(sql); }).code(); };
  EXPECT_EQ(code("DELETE FROM t WHERE n IN (SELECT n FROM t)"), ErrorCode::Unsupported);
  EXPECT_EQ(code("UPDATE t SET s = (SELECT max(s) FROM t)"), ErrorCode::Unsupported);
  EXPECT_EQ(code("UPDATE t SET s = v.s FROM (VALUES (1, 'a')) AS v(n, s) WHERE t.n = v.n"),
            ErrorCode::Unsupported);
  EXPECT_EQ(code("DELETE FROM t LIMIT 1"), ErrorCode::Unsupported);
  EXPECT_EQ(code("REPLACE INTO t VALUES (1, 'a')"), ErrorCode::Unsupported);
  EXPECT_EQ(code("UPDATE t SET nothing = 1"), ErrorCode::InvalidQuery);
  EXPECT_EQ(code("DELETE FROM t WHERE nothing = 1"), ErrorCode::InvalidQuery);
  EXPECT_EQ(code("DELETE FROM t WHERE n = $missing"), ErrorCode::InvalidQuery);
  EXPECT_EQ(code("EXPLAIN ANALYZE INSERT INTO t VALUES (1, 'a')"), ErrorCode::Unsupported);
  EXPECT_EQ(snapshot(session, {.table_uri = uri}).version, 1);
}

TEST_F(SqlStatementTest, ATableAtAVersionStaysAsItIs) {
  IoAdapter(session).register_delta_table_provider(
      "old", provider_from_session(session, {.table_uri = uri, .version = 1}).provider);
  const Error error = error_of([&] { (void)run("DELETE FROM old"); });
  EXPECT_EQ(error.code(), ErrorCode::Unsupported);
  EXPECT_THAT(error.message(), HasSubstr("version 1"));
  (void)run("DELETE FROM t");
  EXPECT_EQ(run("SELECT count(*) FROM old"), (Rows{{"4"}}));
}

TEST_F(SqlStatementTest, ThePolicyDecides) {
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.sql_policy = SqlPolicy::ReadOnly;
  const Session reader = profile.open_session();
  IoAdapter(reader).register_delta_table_provider(
      "t", provider_from_session(reader, {.table_uri = uri}).provider);
  EXPECT_EQ(error_of([&] { (void)reader.sql("DELETE FROM t"); }).code(),
            ErrorCode::PolicyViolation);
  EXPECT_EQ(error_of([&] { (void)session.sql("DELETE FROM t", SqlOptions::read_only()); }).code(),
            ErrorCode::PolicyViolation);
  EXPECT_EQ(snapshot(session, {.table_uri = uri}).version, 1);
}

}  // namespace
}  // namespace alluvium::delta
