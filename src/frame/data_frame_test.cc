#include "alluvium/frame/data_frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/error.h"
#include "alluvium/frame/functions.h"
#include "alluvium/session/session.h"
#include "frame/rows_testing.h"

namespace alluvium {
namespace {

namespace f = functions;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Rows;
using testing::rows_of;
using ::testing::UnorderedElementsAre;
using testing::values_of;

class DataFrameTest : public ::testing::Test {
 protected:
  static ErrorCode code_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "nothing was thrown";
    return ErrorCode::Internal;
  }

  // One row with `expression`, as text.
  std::string evaluate(const Expr& expression) {
    return values_of(one_row.select({expression.alias("value")})).at(0);
  }

  Session session = RuntimeProfile::trusted().open_session();
  DataFrame one_row = session.sql("SELECT 1 AS one");
  DataFrame people = session.sql(
      "SELECT * FROM (VALUES (1, 'ann', 'x', 30), (2, 'bob', 'x', 20), (3, 'cid', 'y', NULL), "
      "(4, 'dan', 'y', 40)) AS t(id, name, team, age)");
  DataFrame teams =
      session.sql("SELECT * FROM (VALUES ('x', 'red'), ('z', 'blue')) AS t(team, colour)");
};

TEST_F(DataFrameTest, KnowsItsSchema) {
  const Schema schema = people.schema();
  ASSERT_EQ(schema.fields.size(), 4U);
  EXPECT_EQ(schema.fields[0].name, "id");
  EXPECT_EQ(schema.fields[0].type, int64());
  EXPECT_EQ(schema.index_of("age"), 3);
}

TEST_F(DataFrameTest, Selects) {
  EXPECT_EQ(rows_of(people.select({"name", "id"}).limit(1)), (Rows{{"ann", "1"}}));
  EXPECT_EQ(rows_of(people.select({(col("id") * lit(10) + lit(1)).alias("n")}).limit(2)),
            (Rows{{"11"}, {"21"}}));
  EXPECT_EQ(code_of([&] { (void)people.select({"nobody"}); }), ErrorCode::InvalidQuery);
}

TEST_F(DataFrameTest, Filters) {
  EXPECT_THAT(values_of(people.filter(col("age") > lit(20))), UnorderedElementsAre("1", "4"));
  EXPECT_THAT(values_of(people.filter(col("age").is_null())), ElementsAre("3"));
  EXPECT_THAT(values_of(people.filter(!(col("age").is_null()) && col("name") != lit("bob"))),
              UnorderedElementsAre("1", "4"));
  EXPECT_THAT(values_of(people.filter(col("id").between(lit(2), lit(3)))),
              UnorderedElementsAre("2", "3"));
  EXPECT_THAT(values_of(people.filter(col("name").in_list({lit("ann"), lit("dan")}))),
              UnorderedElementsAre("1", "4"));
  EXPECT_THAT(values_of(people.filter(col("name").like(lit("%n")))),
              UnorderedElementsAre("1", "4"));
  EXPECT_EQ(code_of([&] { (void)people.filter(col("id")).collect(); }), ErrorCode::InvalidQuery)
      << "a predicate must be boolean";
}

TEST_F(DataFrameTest, Aggregates) {
  const DataFrame result =
      people
          .aggregate({col("team")},
                     {f::count_all().alias("rows"), f::count(col("age")).alias("ages"),
                      f::sum(col("age")).alias("sum"), f::avg(col("age")).alias("avg"),
                      f::min(col("name")).alias("min"), f::max(col("name")).alias("max"),
                      f::count_all().filter(col("id") > lit(1)).alias("late")})
          .sort({col("team").asc()});
  EXPECT_EQ(rows_of(result), (Rows{{"x", "2", "2", "50", "25.0", "ann", "bob", "1"},
                                   {"y", "2", "1", "40", "40.0", "cid", "dan", "2"}}));
  EXPECT_EQ(rows_of(people.aggregate({}, {f::count(col("team")).distinct().alias("n")})),
            (Rows{{"2"}}));
}

TEST_F(DataFrameTest, Joins) {
  const auto names = [&](JoinType type) {
    return rows_of(
        people.join(teams.with_column_renamed("team", "t"), type, {"team"}, {"t"})
            .sort(
                {col(type == JoinType::RightSemi || type == JoinType::RightAnti ? "colour" : "name")
                     .asc()}));
  };
  EXPECT_EQ(names(JoinType::Inner),
            (Rows{{"1", "ann", "x", "30", "x", "red"}, {"2", "bob", "x", "20", "x", "red"}}));
  EXPECT_EQ(names(JoinType::Left).size(), 4U);
  EXPECT_EQ(names(JoinType::Right).size(), 3U);
  EXPECT_EQ(names(JoinType::Full).size(), 5U);
  EXPECT_EQ(names(JoinType::LeftSemi), (Rows{{"1", "ann", "x", "30"}, {"2", "bob", "x", "20"}}));
  EXPECT_EQ(names(JoinType::LeftAnti), (Rows{{"3", "cid", "y", "NULL"}, {"4", "dan", "y", "40"}}));
  EXPECT_EQ(names(JoinType::RightSemi), (Rows{{"x", "red"}}));
  EXPECT_EQ(names(JoinType::RightAnti), (Rows{{"z", "blue"}}));
}

TEST_F(DataFrameTest, JoinsOnConditions) {
  const DataFrame joined =
      people.alias("p")
          .join_on(teams.alias("t"), JoinType::Inner,
                   {col("p", "team") == col("t", "team"), col("p", "id") > lit(1)})
          .select({col("p", "name"), col("t", "colour")});
  EXPECT_EQ(rows_of(joined), (Rows{{"bob", "red"}}));
}

TEST_F(DataFrameTest, CombinesRows) {
  const DataFrame a = session.sql("SELECT * FROM (VALUES (1), (2), (2)) AS t(n)");
  const DataFrame b = session.sql("SELECT * FROM (VALUES (2), (3)) AS t(n)");
  EXPECT_THAT(values_of(a.union_all(b)), UnorderedElementsAre("1", "2", "2", "2", "3"));
  EXPECT_THAT(values_of(a.union_distinct(b)), UnorderedElementsAre("1", "2", "3"));
  EXPECT_THAT(values_of(a.distinct()), UnorderedElementsAre("1", "2"));
  EXPECT_THAT(values_of(a.except(b)), ElementsAre("1"));
  EXPECT_THAT(values_of(a.intersect(b).distinct()), ElementsAre("2"));
  const DataFrame named = session.sql("SELECT 'q' AS s, 9 AS n");
  EXPECT_EQ(rows_of(b.union_by_name(named).sort({col("n").asc()})),
            (Rows{{"2", "NULL"}, {"3", "NULL"}, {"9", "q"}}));
  EXPECT_EQ(code_of([&] { (void)a.union_all(people); }), ErrorCode::InvalidQuery);
}

TEST_F(DataFrameTest, SortsAndLimits) {
  EXPECT_THAT(values_of(people.sort({col("age").desc(false)})), ElementsAre("4", "1", "2", "3"));
  EXPECT_THAT(values_of(people.sort({col("age").asc(true)})), ElementsAre("3", "2", "1", "4"));
  EXPECT_THAT(values_of(people.sort({col("team").desc(), col("id").asc()})),
              ElementsAre("3", "4", "1", "2"));
  EXPECT_THAT(values_of(people.sort({col("id").asc()}).limit(2, 1)), ElementsAre("2", "3"));
  EXPECT_THAT(values_of(people.limit(0)), IsEmpty());
}

TEST_F(DataFrameTest, ComputesOverWindows) {
  const WindowSpec by_team{.partition_by = {col("team")}, .order_by = {col("id").asc()}};
  const DataFrame result =
      people
          .window({f::row_number().over(by_team).alias("number"),
                   f::lag(col("id")).over(by_team).alias("before"),
                   f::lead(col("id")).over(by_team).alias("after"),
                   f::sum(col("id"))
                       .over({.order_by = {col("id").asc()},
                              .frame = WindowSpec::Frame{.start = {WindowBound::Kind::Preceding, 1},
                                                         .end = {WindowBound::Kind::CurrentRow}}})
                       .alias("pair")})
          .sort({col("id").asc()})
          .select({"id", "number", "before", "after", "pair"});
  EXPECT_EQ(rows_of(result), (Rows{{"1", "1", "NULL", "2", "1"},
                                   {"2", "2", "1", "NULL", "3"},
                                   {"3", "1", "NULL", "4", "5"},
                                   {"4", "2", "3", "NULL", "7"}}));
}

TEST_F(DataFrameTest, UnnestsListsAndStructs) {
  const DataFrame lists =
      session.sql("SELECT 1 AS id, make_array('a', 'b') AS items UNION ALL SELECT 2, NULL");
  // Only a sort at the end gives an order.
  const std::vector<SortExpr> order = {col("id").asc(), col("items").asc()};
  EXPECT_EQ(rows_of(lists.unnest({"items"}).sort(order)), (Rows{{"1", "a"}, {"1", "b"}}));
  EXPECT_EQ(rows_of(lists.unnest({"items"}, true).sort(order)),
            (Rows{{"1", "a"}, {"1", "b"}, {"2", "NULL"}}));
  const DataFrame structs = session.sql("SELECT named_struct('x', 1, 'y', 'two') AS s");
  EXPECT_EQ(rows_of(structs.unnest({"s"})), (Rows{{"1", "two"}}));
}

TEST_F(DataFrameTest, ChangesColumns) {
  EXPECT_EQ(rows_of(people.with_column("id", col("id") + lit(100)).limit(1)),
            (Rows{{"101", "ann", "x", "30"}}));
  EXPECT_EQ(people.with_column("twice", col("id") * lit(2)).schema().index_of("twice"), 4);
  EXPECT_EQ(people.with_column_renamed("id", "Some Name").schema().fields[0].name, "Some Name");
  EXPECT_EQ(people.drop_columns({"team", "age"}).schema().fields.size(), 2U);
  EXPECT_EQ(code_of([&] { (void)people.drop_columns({"nobody"}); }), ErrorCode::InvalidQuery);
  EXPECT_EQ(code_of([&] { (void)people.with_column_renamed("nobody", "x"); }),
            ErrorCode::InvalidQuery);
}

TEST_F(DataFrameTest, TakesNamesAsTheyAre) {
  const DataFrame odd = session.sql("SELECT 1 AS \"a.b\", 2 AS \"Upper\", 3 AS \"say \"\"x\"\"\"");
  EXPECT_EQ(rows_of(odd.select({"a.b", "Upper", "say \"x\""})), (Rows{{"1", "2", "3"}}));
  EXPECT_EQ(rows_of(odd.drop_columns({"a.b"}).with_column_renamed("Upper", "x.y")),
            (Rows{{"2", "3"}}));
}

TEST_F(DataFrameTest, EvaluatesCases) {
  const Expr size = when(col("age") >= lit(40), lit("old"))
                        .when(col("age") >= lit(30), lit("middle"))
                        .otherwise(lit("young or unknown"));
  EXPECT_THAT(values_of(people.sort({col("id").asc()}).select({size.alias("v")})),
              ElementsAre("middle", "young or unknown", "young or unknown", "old"));
  EXPECT_EQ(evaluate(when(lit(false), lit(1)).end()), "NULL");
}

TEST_F(DataFrameTest, Casts) {
  EXPECT_EQ(evaluate(lit("12").cast(int32())), "12");
  EXPECT_EQ(evaluate(lit("twelve").try_cast(int32())), "NULL");
  EXPECT_NE(code_of([&] { (void)evaluate(lit("twelve").cast(int32())); }), ErrorCode::Internal);
  EXPECT_EQ(evaluate(f::arrow_typeof(f::arrow_cast(lit(1), "Timestamp(Microsecond, None)"))),
            timestamp(TimeUnit::Micro).to_string());
}

TEST_F(DataFrameTest, SpellsTypesAsTheEngine) {
  for (const DataType& type :
       {boolean(), int8(), uint64(), float32(), utf8(), DataType("U"), utf8_view(), binary(),
        date32(), DataType("tts"), DataType("ttn"), timestamp(TimeUnit::Nano, "+01:00"),
        decimal128(20, 5), DataType("tDm"), list(int32()), DataType("w:4"),
        DataType("dictionary", {{.name = "index", .type = int32(), .nullable = false},
                                {.name = "value", .type = utf8()}}),
        struct_({{.name = "a", .type = int64()}})}) {
    EXPECT_EQ(evaluate(f::arrow_typeof(lit_null(type))), type.to_string());
  }
}

TEST_F(DataFrameTest, BuildsAndReadsStructs) {
  const Expr pair = f::named_struct({{"a", lit(1)}, {"b", lit("two")}});
  EXPECT_EQ(evaluate(pair.field("b")), "two");
  EXPECT_EQ(evaluate(f::get_field(pair, "a")), "1");
  EXPECT_EQ(evaluate(f::coalesce(lit_null(utf8()), lit("fallback"))), "fallback");
}

TEST_F(DataFrameTest, TakesLiteralsOfEveryScalarType) {
  EXPECT_EQ(evaluate(lit(true)), "true");
  EXPECT_EQ(evaluate(lit(std::int8_t{-128})), "-128");
  EXPECT_EQ(evaluate(lit(std::int16_t{-32768})), "-32768");
  EXPECT_EQ(evaluate(lit(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(evaluate(lit(std::numeric_limits<std::uint64_t>::max())), "18446744073709551615");
  EXPECT_EQ(evaluate(lit(std::uint32_t{7})), "7");
  EXPECT_EQ(evaluate(lit(0.1)), "0.1");
  EXPECT_EQ(evaluate(lit(std::numeric_limits<double>::quiet_NaN())), "NaN");
  EXPECT_EQ(evaluate(lit(-std::numeric_limits<double>::infinity())), "-inf");
  EXPECT_EQ(evaluate(lit("it's \"quoted\"; DROP TABLE x")), "it's \"quoted\"; DROP TABLE x");
  EXPECT_EQ(evaluate(f::arrow_typeof(lit(1.5F))), "Float32");
  EXPECT_EQ(evaluate(lit("2024-02-29", date32())), "2024-02-29");
  EXPECT_EQ(evaluate(lit("2024-02-29T01:02:03.000004", timestamp(TimeUnit::Micro))),
            "2024-02-29T01:02:03.000004");
  EXPECT_EQ(evaluate(lit("12.345", decimal128(10, 3))), "12.345");
  EXPECT_EQ(evaluate(lit("01:02:03", DataType("ttu"))), "01:02:03");
  EXPECT_EQ(evaluate(lit_integer(1, date32())), "1970-01-02");
  EXPECT_EQ(evaluate(lit_integer(1'000'000, timestamp(TimeUnit::Micro))), "1970-01-01T00:00:01");
  for (const DataType& type : {boolean(), int8(), float64(), utf8(), binary(), date32(),
                               timestamp(TimeUnit::Nano), decimal128(10, 2), list(int8())}) {
    EXPECT_EQ(evaluate(f::arrow_typeof(lit_null(type))), type.to_string());
    EXPECT_EQ(evaluate(lit_null(type).is_null()), "true");
  }
  const std::vector<RecordBatch> batches =
      one_row.select({lit_binary(std::string_view("\0\xff", 2)).alias("b")}).collect();
  EXPECT_EQ(batches.at(0).column(0).bytes(0), std::string_view("\0\xff", 2));
}

TEST_F(DataFrameTest, CallsFunctionsByName) {
  EXPECT_EQ(evaluate(call("upper", {lit("abc")})), "ABC");
  EXPECT_EQ(code_of([&] { (void)evaluate(call("no_such_function", {})); }),
            ErrorCode::InvalidQuery);
}

TEST_F(DataFrameTest, TakesExpressionsAsDeepAsItSays) {
  Expr deep = col("one");
  for (int i = 0; i < 998; ++i) deep = deep + lit(std::int64_t{1});
  EXPECT_EQ(evaluate(deep), "999");
  EXPECT_EQ(code_of([&] { (void)one_row.select({deep + deep + deep}); }),
            ErrorCode::ResourceExhausted);
}

TEST_F(DataFrameTest, StreamsInPieces) {
  RecordBatchReader reader =
      session.sql("SELECT * FROM generate_series(1, 100000) AS t(n)").stream();
  EXPECT_EQ(reader.schema().fields.at(0).name, "n");
  std::int64_t rows = 0;
  int batches = 0;
  while (const std::optional<RecordBatch> batch = reader.next()) {
    rows += batch->row_count();
    ++batches;
  }
  EXPECT_EQ(rows, 100000);
  EXPECT_GT(batches, 1);
}

TEST_F(DataFrameTest, CountsAndDraws) {
  EXPECT_EQ(people.count(), 4U);
  EXPECT_THAT(people.to_string(), HasSubstr("| 1  | ann"));
  EXPECT_THAT(people.explain().to_string(), HasSubstr("logical_plan"));
  EXPECT_THAT(people.explain(Explain::Analyze).to_string(), HasSubstr("output_rows"));
}

TEST_F(DataFrameTest, StagesRowsOnce) {
  const DataFrame random = session.sql("SELECT random() AS r FROM generate_series(1, 1000)");
  const DataFrame staged = random.stage(1 << 20);
  EXPECT_EQ(staged.count(), 1000U);
  EXPECT_EQ(values_of(staged), values_of(staged));
  const DataFrame spilled = random.stage(1);
  EXPECT_EQ(values_of(spilled.sort({col("r").asc()})), values_of(spilled.sort({col("r").asc()})));
}

TEST_F(DataFrameTest, WritesParquet) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "alluvium_frame_parquet";
  std::filesystem::remove_all(folder);
  EXPECT_EQ(people.write_parquet(folder), 4U);
  // No rows are a file too: the columns are read back.
  const std::filesystem::path none = folder / "none";
  EXPECT_EQ(people.filter(lit(false)).write_parquet(none), 0U);
  IoAdapter(session).register_listing("none", none.string(), FileFormat::Parquet);
  EXPECT_EQ(session.table("none").count(), 0U);
  EXPECT_EQ(session.table("none").schema().fields.size(), people.schema().fields.size());
  EXPECT_FALSE(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

TEST_F(DataFrameTest, RefusesFramesOfAnotherSession) {
  const Session other = RuntimeProfile::trusted().open_session();
  EXPECT_EQ(code_of([&] { (void)people.union_all(other.sql("SELECT 1")); }),
            ErrorCode::InvalidArgument);
}

TEST_F(DataFrameTest, StopsAtItsDeadlineAndToken) {
  const DataFrame endless = session.sql(
      "SELECT count(*) FROM generate_series(1, 1000000) a(x), generate_series(1, 1000000) b(y) "
      "WHERE (a.x * b.y) % 7 = 3");
  EXPECT_EQ(
      code_of([&] { (void)endless.collect(Interrupt::after(std::chrono::milliseconds(50))); }),
      ErrorCode::DeadlineExceeded);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(code_of([&] { (void)endless.collect({.stop = stop.get_token()}); }),
            ErrorCode::Cancelled);
}

}  // namespace
}  // namespace alluvium
