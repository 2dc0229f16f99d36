#include "alluvium/udf/table_function.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "alluvium/error.h"
#include "alluvium/session/session.h"
#include "frame/rows_testing.h"

namespace alluvium {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Rows;
using testing::rows_of;
using testing::values_of;

template <typename Action>
Error error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {ErrorCode::Internal, "nothing"};
}

// `span(text, start => 1, stop => 3)`: a row for each number, with the text.
TableFunction span_function(int* calls = nullptr) {
  return {.name = "span",
          .parameters = {{.name = "label", .type = utf8()},
                         {.name = "start", .type = int64(), .default_value = lit(1)},
                         {.name = "stop", .type = int64(), .default_value = lit(3)}},
          .plan = [calls](const Session& session, std::span<const ColumnView> arguments,
                          const Interrupt& interrupt) {
            if (calls != nullptr) ++*calls;
            return session.sql(
                "SELECT value AS n, $label AS label FROM generate_series($start, $stop)",
                {{"label", lit(std::string(arguments[0].bytes(0)))},
                 {"start", lit(arguments[1].int64(0))},
                 {"stop", lit(arguments[2].int64(0))}},
                interrupt);
          }};
}

TableFunction function(std::string name, TableFunction::Plan plan) {
  return {.name = std::move(name), .plan = std::move(plan)};
}

Session open(std::vector<TableFunction> tables, SqlPolicy policy = SqlPolicy::ReadOnly) {
  RuntimeProfile profile{.sql_policy = policy};
  profile.functions.tables = std::move(tables);
  return profile.open_session();
}

TEST(TableFunction, GivesTheRowsOfItsFrame) {
  const Session session = open({span_function()});
  EXPECT_EQ(rows_of(session.sql("SELECT * FROM span('x')")),
            (Rows{{"1", "x"}, {"2", "x"}, {"3", "x"}}));
  EXPECT_EQ(rows_of(session.sql("SELECT n FROM SPAN('x', 5 - 1, 4)")), (Rows{{"4"}}));
}

TEST(TableFunction, TakesArgumentsByNameAndFillsGaps) {
  const Session session = open({span_function()});
  EXPECT_THAT(values_of(session.sql("SELECT n FROM span('x', stop => 2)")), ElementsAre("1", "2"));
  EXPECT_THAT(values_of(session.sql("SELECT n FROM span(STOP => 2, start => 2, label => 'x')")),
              ElementsAre("2"));
  EXPECT_THAT(values_of(session.sql("SELECT n FROM span('x', stop := 1)")), ElementsAre("1"));
}

TEST(TableFunction, TakesParametersOfTheQuery) {
  const Session session = open({span_function()});
  EXPECT_EQ(rows_of(session.sql("SELECT n, label, $stop AS s FROM span($label, stop => $stop + 1)",
                                {{"label", lit("given")}, {"stop", lit(0)}})),
            (Rows{{"1", "given", "0"}}));
  const Error open_parameter = error_of([&] { (void)session.sql("SELECT * FROM span($label)"); });
  EXPECT_EQ(open_parameter.code(), ErrorCode::InvalidQuery);
  EXPECT_THAT(open_parameter.message(), HasSubstr("constants"));
}

TEST(TableFunction, OfTheEngineTakesParametersToo) {
  const Session session = open({});
  EXPECT_THAT(values_of(session.sql("SELECT value FROM generate_series($from, $from + 1)",
                                    {{"from", lit(7)}})),
              ElementsAre("7", "8"));
}

TEST(TableFunction, RefusesWhatItsParametersDoNotTake) {
  const Session session = open({span_function()});
  const auto refusal = [&](const std::string& call) {
    const Error error = error_of([&] { (void)session.sql("SELECT * FROM " + call); });
    EXPECT_EQ(error.code(), ErrorCode::InvalidQuery) << call << error.message();
    EXPECT_EQ(error.details().contains("function"), true) << call;
    return error.message();
  };
  EXPECT_THAT(refusal("span('x', nobody => 1)"), HasSubstr("`nobody`"));
  EXPECT_THAT(refusal("span('x', stop => 1, stop => 2)"), HasSubstr("`stop` is given twice"));
  EXPECT_THAT(refusal("span('x', label => 'y')"), HasSubstr("`label` is given twice"));
  EXPECT_THAT(refusal("span()"), HasSubstr("`label` is not given"));
  EXPECT_THAT(refusal("span('x', 1, 2, 3)"), HasSubstr("4 arguments"));
  EXPECT_THAT(refusal("span(stop => 1, 'x')"), HasSubstr("follows one with a name"));
  EXPECT_THAT(refusal("span('x', 'y')"), HasSubstr("`start`"));
  EXPECT_THAT(refusal("span(1)"), HasSubstr("`label`"));
  EXPECT_THAT(refusal("span('x', random())"), HasSubstr("constants"));
  EXPECT_THAT(refusal("span((SELECT 'x'))"), HasSubstr("constants"));
  EXPECT_THAT(refusal("(SELECT 'a' AS l) t, span(t.l)"), HasSubstr("constants"));
}

TEST(TableFunction, StandsWhereverATableDoes) {
  const Session session = open({span_function()}, SqlPolicy::Admin);
  EXPECT_THAT(values_of(session.sql("SELECT a.n FROM span('a') a JOIN span('b', 2) b USING (n)")),
              ::testing::UnorderedElementsAre("2", "3"));
  EXPECT_THAT(values_of(session.sql("WITH c AS (SELECT n FROM span('a', stop => 1)) "
                                    "SELECT n FROM c UNION ALL SELECT n FROM c")),
              ElementsAre("1", "1"));
  EXPECT_THAT(values_of(session.sql("SELECT 1 WHERE 3 IN (SELECT n FROM span('a'))")),
              ElementsAre("1"));
  EXPECT_THAT(values_of(session.sql("SELECT (SELECT max(n) FROM span('a', stop => 9))")),
              ElementsAre("9"));
  (void)session.sql("CREATE VIEW v AS SELECT n FROM span('a', stop => 2)");
  EXPECT_THAT(values_of(session.sql("SELECT n FROM v")), ElementsAre("1", "2"));
  (void)session.sql("CREATE TABLE t AS SELECT n FROM span('a', stop => 2)");
  EXPECT_THAT(values_of(session.sql("SELECT n FROM t")), ElementsAre("1", "2"));
  EXPECT_FALSE(session.sql("EXPLAIN SELECT n FROM span('a')").collect().empty());
}

TEST(TableFunction, IsCalledOnceForEqualArguments) {
  int calls = 0;
  const Session session = open({span_function(&calls)});
  EXPECT_EQ(session.sql("SELECT * FROM span('a') x, span('a', 1, 3) y, span('b') z").count(), 27U);
  EXPECT_EQ(calls, 2);
}

TEST(TableFunction, KeepsTheStatementsTime) {
  int calls = 0;
  const Session session = open({span_function(&calls)});
  EXPECT_EQ(session.sql("SELECT * FROM span(CAST(now() AS VARCHAR))").count(), 3U);
  EXPECT_EQ(calls, 1);
}

TEST(TableFunction, RunsOnTheCallersThreadAndMayAskTheSession) {
  const std::thread::id caller = std::this_thread::get_id();
  const Session session = open(
      {span_function(), function("outer_one", [caller](const Session& inner, auto, const auto&) {
         EXPECT_EQ(std::this_thread::get_id(), caller);
         const auto rows = inner.sql("SELECT n FROM span('x')").collect();
         return inner.sql("SELECT max(n) AS n FROM span('inner', stop => $n)",
                          {{"n", lit(rows.at(0).row_count())}});
       })});
  EXPECT_THAT(values_of(session.sql("SELECT n FROM outer_one()")), ElementsAre("3"));
}

TEST(TableFunction, ThatThrowsIsHeardAsItIs) {
  const Session session =
      open({function("fails",
                     [](const auto&, auto, const auto&) -> DataFrame {
                       throw Error(ErrorCode::NotFound, "no such thing", true, {{"thing", "x"}});
                     }),
            function("throws", [](const auto&, auto, const auto&) -> DataFrame {
              throw std::domain_error("a type of its own");
            })});
  const Error error = error_of([&] { (void)session.sql("SELECT * FROM fails()"); });
  EXPECT_EQ(error.code(), ErrorCode::NotFound);
  EXPECT_EQ(error.message(), "no such thing");
  EXPECT_TRUE(error.retryable());
  EXPECT_EQ(error.details().at("thing"), "x");
  EXPECT_THROW((void)session.sql("SELECT * FROM throws()"), std::domain_error);
}

TEST(TableFunction, MustGiveAFrameOfItsSession) {
  const Session other = open({});
  const Session session = open({function(
      "foreign", [&](const auto&, auto, const auto&) { return other.sql("SELECT 1 AS n"); })});
  const Error error = error_of([&] { (void)session.sql("SELECT * FROM \"foreign\"()"); });
  EXPECT_EQ(error.code(), ErrorCode::InvalidArgument) << error.message();
  EXPECT_THAT(error.message(), HasSubstr("another session"));
}

TEST(TableFunction, ThatCallsItselfMeetsALimit) {
  const Session session = open({function("again", [](const Session& inner, auto, const auto&) {
    return inner.sql("SELECT * FROM again()");
  })});
  EXPECT_EQ(error_of([&] { (void)session.sql("SELECT * FROM again()"); }).code(),
            ErrorCode::ResourceExhausted);
}

TEST(TableFunction, IsInterrupted) {
  std::stop_source source;
  const Session session =
      open({function("slow", [&](const Session& inner, auto, const Interrupt& interrupt) {
        source.request_stop();
        EXPECT_TRUE(interrupt.stop.stop_requested());
        (void)inner.sql("SELECT 1").collect(interrupt);
        return inner.sql("SELECT 1");
      })});
  EXPECT_EQ(error_of([&] {
              (void)session.sql("SELECT * FROM slow()", SqlParameters{},
                                {.stop = source.get_token()});
            }).code(),
            ErrorCode::Cancelled);
}

TEST(TableFunction, HasTheProfilesTime) {
  RuntimeProfile profile{.query_timeout = std::chrono::milliseconds(20)};
  profile.functions.tables = {function("sleeps", [](const Session& inner, auto, const Interrupt&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    return inner.sql("SELECT 1");
  })};
  const Session session = profile.open_session();
  EXPECT_EQ(error_of([&] { (void)session.sql("SELECT * FROM sleeps()"); }).code(),
            ErrorCode::DeadlineExceeded);
}

TEST(TableFunction, IsInTheCatalog) {
  const Session session = open({span_function()});
  EXPECT_EQ(rows_of(session.sql("SELECT routine_name, function_type FROM "
                                "information_schema.routines WHERE routine_name = 'span'")),
            (Rows{{"span", "TABLE"}}));
}

TEST(TableFunction, IsCheckedWhenTheSessionOpens) {
  EXPECT_EQ(error_of([] { (void)open({span_function(), span_function()}); }).code(),
            ErrorCode::InvalidArgument);
  TableFunction taken = span_function();
  taken.name = "generate_series";
  EXPECT_EQ(error_of([&] { (void)open({taken}); }).code(), ErrorCode::AlreadyExists);
  TableFunction gap = span_function();
  gap.parameters.push_back({.name = "late", .type = int64()});
  EXPECT_EQ(error_of([&] { (void)open({gap}); }).code(), ErrorCode::InvalidArgument);
}

TEST(TableFunction, IsPartOfTheProfilesHash) {
  RuntimeProfile profile;
  const std::string none = profile.hash();
  profile.functions.tables = {span_function()};
  const std::string one = profile.hash();
  EXPECT_NE(one, none);
  profile.functions.tables[0].parameters[1].default_value = lit(2);
  EXPECT_NE(profile.hash(), one);
}

TEST(NamedArguments, OfScalarFunctionsMayLeaveGaps) {
  RuntimeProfile profile;
  profile.functions.scalars.push_back(
      {.name = "weigh",
       .parameters = {{.name = "x", .type = int64()},
                      {.name = "factor", .type = int64(), .default_value = lit(10)},
                      {.name = "offset_by", .type = int64(), .default_value = lit(0)}},
       .returns = {.name = "", .type = int64()},
       .kernel = [](std::span<const ColumnView> arguments, std::int64_t rows,
                    ColumnBuilder& result) {
         for (std::int64_t row = 0; row < rows; ++row) {
           result.append(arguments[0].int64(row) * arguments[1].int64(row) +
                         arguments[2].int64(row));
         }
       }});
  const Session session = profile.open_session();
  EXPECT_THAT(values_of(session.sql("SELECT weigh(2, offset_by => 1)")), ElementsAre("21"));
  EXPECT_THAT(values_of(session.sql("SELECT weigh(offset_by => 1, x => weigh(1, offset_by => 2))")),
              ElementsAre("121"));
  const auto refusal = [&](const std::string& call) {
    const Error error = error_of([&] { (void)session.sql("SELECT " + call); });
    EXPECT_EQ(error.code(), ErrorCode::InvalidQuery) << call;
    return error.message();
  };
  EXPECT_THAT(refusal("weigh(factor => 2)"), HasSubstr("`x` is not given"));
  EXPECT_THAT(refusal("weigh(1, nobody => 2)"), HasSubstr("`nobody`"));
  EXPECT_THAT(refusal("weigh(1, x => 2)"), HasSubstr("`x` is given twice"));
}

}  // namespace
}  // namespace alluvium
