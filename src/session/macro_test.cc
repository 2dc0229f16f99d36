#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alluvium/error.h"
#include "alluvium/session/session.h"
#include "frame/rows_testing.h"

// Functions that SQL defines.
namespace alluvium {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Rows;
using testing::rows_of;
using testing::values_of;

class Macro : public ::testing::Test {
 protected:
  template <typename Action>
  static Error error_of(const Action& action) {
    try {
      action();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {ErrorCode::Internal, "nothing"};
  }

  void run(const std::string& statement) const { (void)session.sql(statement); }
  [[nodiscard]] ErrorCode code_of(const std::string& statement) const {
    const Error error = error_of([&] { (void)session.sql(statement).collect(); });
    last_message = error.message();
    return error.code();
  }
  [[nodiscard]] std::string value_of(const std::string& expression) const {
    return values_of(session.sql("SELECT " + expression)).at(0);
  }

  static Session open() {
    RuntimeProfile profile = RuntimeProfile::trusted();
    profile.functions.scalars.push_back(
        {.name = "native_one",
         .parameters = {},
         .returns = {.name = "", .type = int64()},
         .kernel = [](std::span<const ColumnView>, std::int64_t rows, ColumnBuilder& result) {
           for (std::int64_t row = 0; row < rows; ++row) result.append(std::int64_t{1});
         }});
    profile.functions.tables.push_back(
        {.name = "native_rows",
         .parameters = {{.name = "count", .type = int64()}},
         .plan = [](const Session& inner, std::span<const ColumnView> arguments, const Interrupt&) {
           return inner.sql("SELECT value AS n FROM generate_series(1, $n)",
                            {{"n", lit(arguments[0].int64(0))}});
         }});
    return profile.open_session();
  }

  Session session = open();
  mutable std::string last_message;
};

TEST_F(Macro, StandsForAnExpression) {
  run("CREATE FUNCTION add(x INT, y INT DEFAULT 2) RETURNS INT RETURN x + y");
  EXPECT_EQ(value_of("add(1, 5)"), "6");
  EXPECT_EQ(value_of("ADD(1)"), "3");
  EXPECT_EQ(value_of("add(y => 10, x => 1)"), "11");
  EXPECT_EQ(value_of("add('40')"), "42") << "converted to the declared type";
  EXPECT_THAT(values_of(session.sql("SELECT add(value) FROM generate_series(1, 2)")),
              ElementsAre("3", "4"));
  EXPECT_EQ(session.sql("SELECT add(1) AS a").schema().fields[0].type, int32());
  EXPECT_THAT(values_of(session.sql("SELECT 1").select({call("add", {lit(4)})})), ElementsAre("6"))
      << "outside of SQL too";
}

TEST_F(Macro, IsReplacedByItsBody) {
  run("CREATE FUNCTION twice(x BIGINT) RETURN x * 2");
  const auto plans =
      session
          .sql("EXPLAIN SELECT twice(value) AS t FROM generate_series(1, 2) WHERE twice(value) > 2")
          .collect();
  const std::string plan(plans.at(0).column("plan").bytes(0));
  EXPECT_THAT(plan, HasSubstr("* Int64(2)"));
  EXPECT_THAT(plan, ::testing::Not(HasSubstr("twice(")));
}

TEST_F(Macro, HasTheTypeOfItsBodyWhenNoneIsDeclared) {
  run("CREATE FUNCTION half(x DOUBLE) RETURN x / 2");
  EXPECT_EQ(session.sql("SELECT half(3) AS h").schema().fields[0].type, float64());
  EXPECT_EQ(value_of("half(3)"), "1.5");
  run("CREATE FUNCTION label(x INT) RETURNS VARCHAR RETURN x");
  EXPECT_EQ(value_of("label(7) || '!'"), "7!");
}

TEST_F(Macro, TakesPlaceholdersAndTexts) {
  run("CREATE FUNCTION a(INT, INT) RETURNS INT RETURN $1 - $2");
  EXPECT_EQ(value_of("a(5, 3)"), "2");
  run("CREATE FUNCTION b(x INT) RETURNS INT RETURN $x + 1");
  EXPECT_EQ(value_of("b(5)"), "6");
  run("CREATE FUNCTION c(x INT) RETURNS INT LANGUAGE SQL AS 'SELECT x + 2'");
  EXPECT_EQ(value_of("c(5)"), "7");
  run("CREATE FUNCTION d(x INT) RETURNS INT AS $$ x + 3 $$");
  EXPECT_EQ(value_of("d(5)"), "8");
  run("CREATE MACRO e(x, y := 4) AS x + y");
  EXPECT_EQ(value_of("e(5)"), "9");
  EXPECT_EQ(value_of("e(1.5, 1)"), "2.5");
  run("CREATE FUNCTION nothing_given() RETURNS INT RETURN 5");
  EXPECT_EQ(value_of("nothing_given()"), "5");
  run("CREATE FUNCTION all_defaults(x INT DEFAULT 5) RETURNS INT RETURN x");
  EXPECT_EQ(value_of("all_defaults()"), "5");
}

TEST_F(Macro, UsesOthers) {
  run("CREATE FUNCTION one(x INT) RETURN x + native_one()");
  run("CREATE FUNCTION two(x INT) RETURN one(one(x))");
  EXPECT_EQ(value_of("two(1)"), "3");
  run("CREATE FUNCTION square(x INT) RETURNS BIGINT RETURN x * x");
  run("CREATE FUNCTION fourth(x INT) RETURN square(square(x))");
  EXPECT_EQ(value_of("fourth(3)"), "81");
  EXPECT_THAT(values_of(session.sql("SELECT fourth(value) FROM generate_series(1, 3)")),
              ElementsAre("1", "16", "81"));
  run("CREATE OR REPLACE FUNCTION one(x INT) RETURN x + 100");
  EXPECT_EQ(value_of("two(1)"), "3") << "bound when it was made";
}

TEST_F(Macro, ComputesAnArgumentOnce) {
  run("CREATE FUNCTION square(x DOUBLE) RETURN x * x - x * x");
  EXPECT_THAT(
      values_of(session.sql("SELECT sum(abs(square(random()))) FROM generate_series(1, 99)")),
      ElementsAre("0.0"));
  run("CREATE FUNCTION noise(x DOUBLE) RETURN x + random()");
  EXPECT_THAT(
      values_of(session.sql("SELECT count(DISTINCT noise(1)) > 1 FROM generate_series(1, 99)")),
      ElementsAre("true"));
  run("CREATE FUNCTION this_moment() RETURN now()");
  EXPECT_EQ(value_of("this_moment() = now()"), "true");
}

TEST_F(Macro, IsInTheCatalog) {
  run("CREATE FUNCTION add(x INT, y BIGINT DEFAULT 2) RETURNS DOUBLE RETURN x + y");
  run("CREATE MACRO numbers(n) AS TABLE SELECT n AS n");
  EXPECT_EQ(rows_of(session.sql("SELECT routine_name, function_type, data_type FROM "
                                "information_schema.routines WHERE routine_name IN ('add', "
                                "'numbers') ORDER BY 1")),
            (Rows{{"add", "SCALAR", "Float64"}, {"numbers", "TABLE", "TABLE"}}));
  EXPECT_EQ(rows_of(session.sql("SELECT parameter_name, data_type FROM "
                                "information_schema.parameters WHERE specific_name = 'add' AND "
                                "parameter_mode = 'IN' ORDER BY ordinal_position")),
            (Rows{{"x", "Int32"}, {"y", "Int64"}}));
}

TEST_F(Macro, StandsForATable) {
  run("CREATE TABLE t AS SELECT value AS v FROM generate_series(1, 5)");
  run("CREATE MACRO above(low) AS TABLE SELECT v FROM t WHERE v > low");
  EXPECT_THAT(values_of(session.sql("SELECT v FROM above(3)")), ElementsAre("4", "5"));
  run("CREATE FUNCTION between_them(low INT, high INT DEFAULT 3) RETURNS TABLE(n BIGINT, text "
      "VARCHAR) RETURN (SELECT v, v + 0 FROM t WHERE v BETWEEN low AND high ORDER BY v)");
  EXPECT_EQ(rows_of(session.sql("SELECT n, text FROM between_them(2)")),
            (Rows{{"2", "2"}, {"3", "3"}}));
  EXPECT_THAT(values_of(session.sql("SELECT n FROM between_them(high => 1, low => '1')")),
              ElementsAre("1"));
  run("CREATE FUNCTION in_text(n INT) RETURNS TABLE(n BIGINT) LANGUAGE SQL AS $$ WITH c AS (SELECT "
      "v FROM t) SELECT v FROM c LIMIT $n $$");
  EXPECT_EQ(session.sql("SELECT * FROM in_text(2)").count(), 2U);
  EXPECT_THAT(values_of(session.sql("SELECT a.v FROM above($low) a JOIN between_them(1, 9) b "
                                    "ON a.v = b.n",
                                    {{"low", lit(4)}})),
              ElementsAre("5"));
  run("CREATE VIEW w AS SELECT v FROM above(4)");
  EXPECT_THAT(values_of(session.sql("SELECT v FROM w")), ElementsAre("5"));
  EXPECT_THAT(values_of(session.sql("WITH t AS (SELECT 99 AS v) SELECT a.v FROM above(4) a, t")),
              ElementsAre("5"))
      << "the macro's tables are those of where it was made";
}

TEST_F(Macro, OfATableUsesTableFunctions) {
  run("CREATE MACRO five() AS TABLE SELECT n FROM native_rows(5)");
  EXPECT_EQ(session.sql("SELECT * FROM five()").count(), 5U);
  EXPECT_EQ(code_of("CREATE MACRO some(n) AS TABLE SELECT * FROM native_rows(n)"),
            ErrorCode::InvalidQuery);
  EXPECT_THAT(last_message, HasSubstr("constants"));
}

TEST_F(Macro, RefusesWrongCalls) {
  run("CREATE FUNCTION add(x INT, y INT DEFAULT 2) RETURNS INT RETURN x + y");
  run("CREATE MACRO above(low) AS TABLE SELECT low AS v");
  for (const char* query :
       {"SELECT add()", "SELECT add(1, 2, 3)", "SELECT add(1, z => 2)", "SELECT add(1, x => 2)",
        "SELECT add('no number')", "SELECT add([1])", "SELECT * FROM above()",
        "SELECT * FROM above(1, 2)", "SELECT * FROM above(v)", "SELECT * FROM above(random())"}) {
    EXPECT_EQ(code_of(query), ErrorCode::InvalidQuery) << query << last_message;
  }
}

TEST_F(Macro, RefusesWrongDefinitions) {
  for (const char* statement :
       {"CREATE FUNCTION f(x INT) RETURN y", "CREATE FUNCTION f(x INT) RETURN $y",
        "CREATE FUNCTION f(x INT, x INT) RETURN x", "CREATE FUNCTION f(x INT) RETURN f(x)",
        "CREATE OR REPLACE FUNCTION f(x INT) RETURN 1 + f(x)",
        "CREATE MACRO f(x) AS TABLE SELECT * FROM f(x)",
        "CREATE FUNCTION f(x INT DEFAULT 1, y INT) RETURN x",
        "CREATE FUNCTION f(x INT DEFAULT y) RETURN x", "CREATE FUNCTION f(x INT) RETURN [x] + 1",
        "CREATE FUNCTION f() RETURNS TABLE(a INT) RETURN (SELECT 1, 2)",
        "CREATE FUNCTION f() RETURNS TABLE(a INT) RETURN 1",
        "CREATE FUNCTION f(x INT) RETURN no_such_function(x)",
        "CREATE MACRO f() AS TABLE SELECT * FROM no_such_table"}) {
    EXPECT_EQ(code_of(statement), ErrorCode::InvalidQuery) << statement << ": " << last_message;
  }
  for (const char* statement :
       {"CREATE FUNCTION f(x INT) RETURN (SELECT x)", "CREATE FUNCTION f(x INT) RETURN sum(x)",
        "CREATE FUNCTION f(x INT) RETURNS INT STRICT RETURN x",
        "CREATE FUNCTION f(x INT) RETURNS INT LANGUAGE plpython AS 'x'",
        "CREATE FUNCTION f(OUT x INT) RETURN x", "CREATE FUNCTION a.b(x INT) RETURN x",
        "CREATE FUNCTION f(x INT) RETURNS SETOF INT RETURN x"}) {
    EXPECT_EQ(code_of(statement), ErrorCode::Unsupported) << statement << ": " << last_message;
  }
}

TEST_F(Macro, TakesNoOthersPlace) {
  run("CREATE FUNCTION mine(x INT) RETURN x");
  EXPECT_EQ(code_of("CREATE FUNCTION mine(x INT) RETURN x + 1"), ErrorCode::AlreadyExists);
  run("CREATE OR REPLACE FUNCTION mine(x INT) RETURN x + 1");
  EXPECT_EQ(value_of("mine(1)"), "2");
  run("CREATE OR REPLACE MACRO mine(x) AS TABLE SELECT x AS v");
  EXPECT_THAT(values_of(session.sql("SELECT v FROM mine(4)")), ElementsAre("4"));
  EXPECT_EQ(code_of("SELECT mine(1)"), ErrorCode::InvalidQuery);
  for (const char* name :
       {"abs", "sum", "row_number", "native_one", "native_rows", "generate_series", "ABS"}) {
    EXPECT_EQ(code_of("CREATE OR REPLACE FUNCTION " + std::string(name) + "(x INT) RETURN x"),
              ErrorCode::AlreadyExists)
        << name;
    EXPECT_EQ(code_of("DROP FUNCTION IF EXISTS " + std::string(name)), ErrorCode::PolicyViolation)
        << name;
  }
  EXPECT_EQ(value_of("abs(-1)"), "1");
}

TEST_F(Macro, IsDropped) {
  run("CREATE FUNCTION mine(x INT) RETURN x");
  run("CREATE MACRO rows_of_mine() AS TABLE SELECT 1 AS v");
  run("DROP FUNCTION mine, rows_of_mine");
  EXPECT_EQ(code_of("SELECT mine(1)"), ErrorCode::InvalidQuery);
  EXPECT_EQ(code_of("SELECT * FROM rows_of_mine()"), ErrorCode::InvalidQuery);
  EXPECT_EQ(code_of("DROP FUNCTION mine"), ErrorCode::NotFound);
  run("DROP FUNCTION IF EXISTS mine");
}

TEST_F(Macro, IsDdl) {
  for (const SqlPolicy policy : {SqlPolicy::ReadOnly, SqlPolicy::Write}) {
    const Session other = RuntimeProfile{.sql_policy = policy}.open_session();
    for (const char* statement :
         {"CREATE FUNCTION f(x INT) RETURN x", "CREATE MACRO f(x) AS x", "DROP FUNCTION f",
          "DROP FUNCTION IF EXISTS abs", "CREATE MACRO f() AS TABLE SELECT 1",
          "EXPLAIN CREATE FUNCTION f(x INT) RETURN $x"}) {
      EXPECT_EQ(error_of([&] { (void)other.sql(statement); }).code(), ErrorCode::PolicyViolation)
          << statement;
    }
  }
  EXPECT_EQ(error_of([&] {
              (void)session.sql("CREATE MACRO f(x) AS x", SqlOptions{}.with_allow_ddl(false));
            }).code(),
            ErrorCode::PolicyViolation);
}

}  // namespace
}  // namespace alluvium
