#include "alluvium/catalog/udf_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alluvium/error.h"
#include "alluvium/udf/typed_function.h"
#include "frame/rows_testing.h"

namespace alluvium {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Rows;
using testing::rows_of;
using testing::values_of;

ScalarFunction plus(const std::string& name, std::int64_t more) {
  return typed_function({.name = name,
                         .parameters = {{"x", int64(), "What is added to."}},
                         .documentation = {.category = "test", .description = "Adds."}},
                        [more](std::int64_t x) { return x + more; });
}

Session open(FunctionSet functions, std::string hash = "") {
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.functions = std::move(functions);
  profile.function_snapshot = std::move(hash);
  return profile.open_session();
}

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

TEST(FunctionSnapshot, DependsOnWhatIsDeclaredAlone) {
  const std::string hash = snapshot({.scalars = {plus("a", 1), plus("b", 2)}}).hash;
  EXPECT_EQ(hash.size(), 32U);
  EXPECT_EQ(snapshot({.scalars = {plus("b", 2), plus("a", 1)}}).hash, hash);
  ScalarFunction reworded = plus("a", 1);
  reworded.documentation.description = "Adds something.";
  EXPECT_EQ(snapshot({.scalars = {reworded, plus("b", 2)}}).hash, hash);
  ScalarFunction other = plus("a", 1);
  other.volatility = Volatility::Stable;
  EXPECT_NE(snapshot({.scalars = {other, plus("b", 2)}}).hash, hash);
  other = plus("a", 1);
  other.parameters[0].default_value = lit(std::int64_t{1});
  EXPECT_NE(snapshot({.scalars = {other, plus("b", 2)}}).hash, hash);
  other = plus("a", 1);
  other.aliases = {"c"};
  EXPECT_NE(snapshot({.scalars = {other, plus("b", 2)}}).hash, hash);
}

TEST(FunctionSnapshot, OfAnotherSetOpensNoSession) {
  const std::string hash = snapshot({.scalars = {plus("a", 1)}}).hash;
  EXPECT_THAT(values_of(open({.scalars = {plus("a", 1)}}, hash).sql("SELECT a(1)")),
              ElementsAre("2"));
  const Error error = error_of([&] { (void)open({.scalars = {plus("b", 1)}}, hash); });
  EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch);
  EXPECT_THAT(error.message(), HasSubstr(hash));
}

TEST(FunctionSnapshot, TellsWhatDiffers) {
  ScalarFunction changed = plus("b", 1);
  changed.returns.type = int32();
  EXPECT_THAT(differences(snapshot({.scalars = {plus("a", 1), plus("b", 1)}}),
                          snapshot({.scalars = {changed, plus("c", 1)}})),
              ElementsAre(HasSubstr("- scalar a"), AllOf(HasSubstr("~ b"), HasSubstr("Int32")),
                          HasSubstr("+ scalar c")));
}

TEST(UdfCatalog, SeesDriftInBothDirections) {
  const FunctionSet wanted{.scalars = {plus("a", 1), plus("b", 1)}};
  EXPECT_THAT(UdfCatalog(wanted).drift(open(wanted)), IsEmpty());

  ScalarFunction renamed = plus("b", 1);
  renamed.parameters[0].name = "y";
  renamed.documentation.description = "Adds otherwise.";
  renamed.volatility = Volatility::Volatile;
  const Session session = open({.scalars = {renamed, plus("c", 1)}});
  EXPECT_THAT(
      UdfCatalog(wanted).drift(session),
      ElementsAre("- a", HasSubstr("~ b: is_deterministic"), HasSubstr("~ b: the description"),
                  "~ b: the list of parameters is (y) instead of (x)", "+ c"));
  const Error error = error_of([&] { UdfCatalog(wanted).validate(session); });
  EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch);
  EXPECT_THAT(error.message(), AllOf(HasSubstr("- a"), HasSubstr("+ c")));
}

TEST(UdfCatalog, SeesWhatSqlDefined) {
  const FunctionSet wanted{.scalars = {plus("a", 1)}};
  const Session session = open(wanted);
  (void)session.sql("CREATE FUNCTION b(x BIGINT) RETURNS BIGINT RETURN x + 1").collect();
  EXPECT_THAT(UdfCatalog(wanted).drift(session), ElementsAre("+ b"));
}

TEST(RequireFunctions, ChecksWhatThePlanCallsAlone) {
  const FunctionSet functions{.scalars = {plus("a", 1), plus("b", 1)}};
  const Session session = open(functions);
  const DataFrame frame =
      session.sql("SELECT abs(a(value)) AS y FROM generate_series(1, 3) WHERE b(value) > 2");
  EXPECT_THAT(called_functions(frame), ::testing::IsSupersetOf({"a", "abs", "b"}));
  require_functions(snapshot(functions), session, frame);
  require_functions(snapshot({.scalars = {plus("a", 1), plus("b", 1), plus("c", 1)}}), session,
                    frame);

  ScalarFunction changed = plus("b", 1);
  changed.null_propagating = false;
  const Error error = error_of(
      [&] { require_functions(snapshot({.scalars = {plus("a", 1), changed}}), session, frame); });
  EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch);
  EXPECT_THAT(error.message(), HasSubstr("b"));
  EXPECT_EQ(error_of([&] {
              require_functions(snapshot({.scalars = {plus("b", 1)}}), session, frame);
            }).code(),
            ErrorCode::SchemaMismatch);
}

TEST(Registry, ListsItsOwnSession) {
  FunctionSet functions = registry_functions();
  functions.scalars.push_back(plus("a", 1));
  functions.scalars[0].aliases = {"first"};
  const Session session = open(functions);
  EXPECT_THAT(rows_of(session.sql("SELECT name, kind, volatility, returns, aliases[1], "
                                  "arguments[1]['name'], arguments[1]['type'] "
                                  "FROM udf_registry() WHERE kind = 'scalar'")),
              (Rows{{"a", "scalar", "immutable", "Int64", "first", "x", "Int64"}}));
  EXPECT_THAT(rows_of(session.sql("SELECT name, category, description, arguments[1]['description'] "
                                  "FROM udf_docs() WHERE kind = 'scalar'")),
              (Rows{{"a", "test", "Adds.", "What is added to."}}));
}

}  // namespace
}  // namespace alluvium
