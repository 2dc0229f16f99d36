#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "alluvium/error.h"
#include "alluvium/session/session.h"
#include "alluvium/udf/typed_function.h"
#include "frame/rows_testing.h"

// What the engine does with what native functions say of themselves.
namespace alluvium {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Rows;
using testing::rows_of;
using testing::values_of;

Session open(FunctionSet functions) {
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.functions = std::move(functions);
  profile.target_partitions = 1;
  return profile.open_session();
}

std::string plan_of(const Session& session, const std::string& query) {
  std::string plan;
  for (const RecordBatch& batch : session.sql(query).explain().collect()) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      plan += std::string(batch.column("plan").bytes(row)) + "\n";
    }
  }
  return plan;
}

ScalarFunction twice() {
  return typed_function({.name = "twice", .parameters = {{"x", int64()}}},
                        [](std::int64_t x) { return 2 * x; });
}

TEST(NativeFunction, OfConstantsIsFoldedThroughItsKernel) {
  const auto calls = std::make_shared<std::atomic<int>>(0);
  const auto counted = [&](Volatility volatility) {
    return typed_function(
        {.name = "counted", .parameters = {{"x", int64()}}, .volatility = volatility},
        [calls](std::int64_t x) {
          ++*calls;
          return x + 1;
        });
  };
  const std::string query = "SELECT counted(20) * 2 AS n FROM generate_series(1, 1000)";
  const Session folding = open({.scalars = {counted(Volatility::Immutable)}});
  EXPECT_THAT(plan_of(folding, query), HasSubstr("Int64(42)"));
  calls->store(0);
  (void)folding.sql(query).count();
  EXPECT_LE(calls->load(), 2);

  const Session calling = open({.scalars = {counted(Volatility::Volatile)}});
  EXPECT_THAT(plan_of(calling, query), HasSubstr("counted(Int64(20))"));
}

TEST(NativeFunction, IsRewrittenWithTheArgumentsInItsParametersPlaces) {
  ScalarFunction function = twice();
  function.parameters.push_back(
      {.name = "more", .type = int64(), .default_value = lit(std::int64_t{5})});
  function.kernel = [](auto, std::int64_t, ColumnBuilder&) { throw std::runtime_error("called"); };
  function.rewrite = [](const FunctionCall&) { return col("x") + col("x") + col("more"); };
  const Session session = open({.scalars = {function}});
  EXPECT_EQ(values_of(session.sql("SELECT twice(value) FROM generate_series(1, 2)")),
            (std::vector<std::string>{"7", "9"}));
  EXPECT_EQ(
      values_of(session.sql("SELECT twice(more => 1, x => value) FROM generate_series(1, 1)")),
      (std::vector<std::string>{"3"}));
}

TEST(NativeFunction, ThatGrowsWithItsArgumentKeepsTheOrder) {
  const std::string query =
      "SELECT twice(x) AS y FROM (SELECT value AS x FROM generate_series(1, 5) ORDER BY value "
      "LIMIT 4) ORDER BY y";
  const auto sorts = [&](ScalarFunction::Monotonicity monotonicity) {
    ScalarFunction function = twice();
    function.monotonicity = {monotonicity};
    const Session session = open({.scalars = {function}});
    EXPECT_THAT(values_of(session.sql(query)), ElementsAre("2", "4", "6", "8"));
    const std::string plan = plan_of(session, query);
    int count = 0;
    for (auto at = plan.find("SortExec"); at != plan.npos; at = plan.find("SortExec", at + 1)) {
      ++count;
    }
    return count;
  };
  using Monotonicity = ScalarFunction::Monotonicity;
  const int unknown = sorts(Monotonicity::None);
  EXPECT_EQ(sorts(Monotonicity::Increasing), unknown - 1);
  // The order is there, but the wrong way round.
  EXPECT_EQ(sorts(Monotonicity::Decreasing), unknown);
}

TEST(NativeFunction, ThatGivesNullForNullIsNotNullableWithoutNulls) {
  const Session session = open({.scalars = {twice()}});
  const DataFrame none = session.sql("SELECT twice(n) AS y FROM (VALUES (1), (2)) AS t(n)");
  const DataFrame some = session.sql("SELECT twice(n) AS y FROM (VALUES (1), (NULL)) AS t(n)");
  EXPECT_EQ(rows_of(some), (Rows{{"2"}, {"NULL"}}));
  EXPECT_TRUE(some.schema().fields[0].nullable);
  EXPECT_EQ(rows_of(none), (Rows{{"2"}, {"4"}}));
}

TEST(NativeFunction, ShapesItsResultByConstants) {
  ScalarFunction function{
      .name = "tagged",
      .parameters = {{"x", int64()}, {.name = "unit", .type = utf8(), .constant = true}},
      .kernel =
          [](std::span<const ColumnView> arguments, std::int64_t rows, ColumnBuilder& result) {
            for (std::int64_t row = 0; row < rows; ++row) result.append(arguments[0].int64(row));
          },
      .return_field = [](const FunctionCall& call) -> Field {
        return {.name = "",
                .type = int64(),
                .nullable = call.arguments[0].nullable,
                .metadata = {{"unit", std::string(call.constant(1).bytes(0))}}};
      }};
  const Session session = open({.scalars = {function}});
  const DataFrame frame = session.sql("SELECT tagged(1, 'm') AS y");
  EXPECT_EQ(frame.collect().at(0).schema().fields.at(0).metadata.at("unit"), "m");
  try {
    (void)session.sql("SELECT tagged(1, chr(value)) FROM generate_series(65, 66)").collect();
    ADD_FAILURE() << "a unit that varies was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidQuery);
    EXPECT_THAT(error.message(), HasSubstr("argument 2 must be a literal"));
  }
}

TEST(NativeFunction, ThatShortCircuitsKeepsItsArgumentsToItself) {
  const std::string query =
      "SELECT pick(10 / x), pick(10 / x) + 1 FROM (SELECT value AS x FROM generate_series(1, 3))";
  const auto extracted = [&](bool short_circuits) {
    ScalarFunction function = typed_function({.name = "pick", .parameters = {{"x", int64()}}},
                                             [](std::int64_t x) { return x; });
    function.volatility = Volatility::Volatile;
    function.short_circuits = short_circuits;
    return plan_of(open({.scalars = {function}}), query);
  };
  EXPECT_THAT(extracted(false), HasSubstr("common_expr"));
  EXPECT_THAT(extracted(true), Not(HasSubstr("common_expr")));
}

TEST(NativeFunction, StandsBehindOperatorsForItsTypesAlone) {
  const ScalarFunction function =
      typed_function({.name = "holds", .parameters = {{"x", int64()}, {"y", int64()}}},
                     [](std::int64_t x, std::int64_t y) { return x % y == 0; });
  const FunctionSet functions{
      .scalars = {function},
      .operators = {{.symbol = "@>", .function = "holds", .left = int64(), .right = int64()},
                    {.symbol = "<@",
                     .function = "holds",
                     .left = int64(),
                     .right = int64(),
                     .swapped = true}}};
  const Session session = open(functions);
  EXPECT_THAT(rows_of(session.sql("SELECT 6 @> 3 AS a, 6 <@ 3 AS b, 3 <@ 6 AS c")),
              ElementsAre(ElementsAre("true", "false", "true")));
  // Lists keep the engine's own.
  EXPECT_THAT(values_of(session.sql("SELECT [1, 2] @> [2]")), ElementsAre("true"));
}

}  // namespace
}  // namespace alluvium
