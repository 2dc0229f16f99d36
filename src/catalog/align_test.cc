#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/catalog/schema_alignment.h"
#include "alluvium/error.h"
#include "alluvium/frame/functions.h"
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

template <typename Action>
Error error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ErrorCode::Internal, "");
}

Field required(std::string name, DataType type) {
  return {.name = std::move(name), .type = std::move(type), .nullable = false};
}

DataType dictionary_of(DataType value) {
  return DataType("dictionary", {{.name = "index", .type = int32(), .nullable = false},
                                 {.name = "value", .type = std::move(value)}});
}

DataType map_of(DataType value) {
  return DataType("+m",
                  {required("entries", struct_({required("key", utf8()),
                                                {.name = "value", .type = std::move(value)}}))});
}

class AlignTest : public ::testing::Test {
 protected:
  [[nodiscard]] Alignment align(const std::string& query, const Schema& schema,
                                const AlignOptions& options = {}) const {
    return align_table_to_schema(session.sql(query), schema, options);
  }
  /// Aligns, and expects the fields of the result to be the schema's, also when it is run; then
  /// what the engine finds constant is NOT NULL even where it needn't be.
  [[nodiscard]] DataFrame aligned(const std::string& query,
                                  const std::vector<Field>& fields) const {
    const DataFrame frame = align(query, {.fields = fields}).frame;
    EXPECT_EQ(frame.schema().fields, fields) << frame.schema().to_string();
    std::vector<Field> run = frame.stream().schema().fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      EXPECT_FALSE(run.at(i).nullable && !fields[i].nullable) << fields[i].name;
      run.at(i).nullable = fields[i].nullable;
    }
    EXPECT_EQ(Schema{.fields = run}.to_string(), Schema{.fields = fields}.to_string());
    EXPECT_EQ(run, fields);
    return frame;
  }
  [[nodiscard]] Error failure(const std::string& query, const DataType& type) const {
    return error_of([&] { (void)align(query, {.fields = {{.name = "c", .type = type}}}); });
  }
  [[nodiscard]] Error run_failure(const std::string& query, const Field& field) const {
    const DataFrame frame = align(query, {.fields = {field}}).frame;
    return error_of([&] { (void)frame.collect(); });
  }

  Session session = RuntimeProfile::trusted().open_session();
  IoAdapter adapter{session};
};

TEST_F(AlignTest, OrdersCastsFillsAndDrops) {
  const Schema schema{.fields = {{.name = "id", .type = int64(), .metadata = {{"comment", "key"}}},
                                 {.name = "name", .type = utf8()},
                                 {.name = "born", .type = date32()}}};
  const Alignment aligned =
      align("SELECT 'x' AS junk, 'ann' AS name, CAST(7 AS INT) AS id", schema);
  EXPECT_EQ(aligned.frame.schema().fields, schema.fields);
  EXPECT_EQ(rows_of(aligned.frame), (Rows{{"7", "ann", "NULL"}}));
  const AlignmentReport& report = aligned.report;
  EXPECT_THAT(report.missing, ElementsAre("born"));
  EXPECT_THAT(report.dropped, ElementsAre("junk"));
  EXPECT_THAT(report.extra, IsEmpty());
  EXPECT_THAT(report.reordered, ElementsAre("name", "id"));
  ASSERT_EQ(report.cast.size(), 1U);
  EXPECT_EQ(report.cast[0].column, "id");
  EXPECT_EQ(report.cast[0].from, int32());
  EXPECT_EQ(report.cast[0].to, int64());
  EXPECT_FALSE(report.is_unchanged());
  EXPECT_EQ(report.to_string(),
            "missing: born\ndropped: junk\ncast: id from Int32 to Int64\nreordered: name, id\n");
}

TEST_F(AlignTest, LeavesWhatFitsAlone) {
  const DataFrame table = session.sql("SELECT 1 AS a, 'x' AS b");
  const Alignment aligned = align_table_to_schema(table, table.schema());
  EXPECT_TRUE(aligned.report.is_unchanged());
  EXPECT_EQ(aligned.report.to_string(), "unchanged\n");
  EXPECT_EQ(aligned.frame.schema().fields, table.schema().fields);
}

TEST_F(AlignTest, KeepsExtraColumnsLastInTheirOrder) {
  const Alignment aligned =
      align("SELECT 1 AS z, 2 AS b, 3 AS a", {.fields = {{.name = "b", .type = int64()}}},
            {.keep_extra_columns = true});
  EXPECT_EQ(rows_of(aligned.frame), (Rows{{"2", "1", "3"}}));
  EXPECT_THAT(aligned.report.extra, ElementsAre("z", "a"));
  EXPECT_THAT(aligned.report.dropped, IsEmpty());
}

TEST_F(AlignTest, MatchesNamesInExactCase) {
  const Alignment aligned =
      align("SELECT 1 AS \"Id\", 2 AS \"a.b\"",
            {.fields = {{.name = "id", .type = int64()}, {.name = "a.b", .type = int64()}}});
  EXPECT_EQ(rows_of(aligned.frame), (Rows{{"NULL", "2"}}));
  EXPECT_THAT(aligned.report.missing, ElementsAre("id"));
  EXPECT_THAT(aligned.report.dropped, ElementsAre("Id"));
}

TEST_F(AlignTest, RefusesWhatIsThereTwice) {
  const DataFrame one = session.sql("SELECT 1 AS id").alias("a");
  const DataFrame both =
      one.join(session.sql("SELECT 1 AS id").alias("b"), JoinType::Inner, {"id"}, {"id"});
  const Schema schema{.fields = {{.name = "id", .type = int64()}}};
  const Error error = error_of([&] { (void)align_table_to_schema(both, schema); });
  EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch);
  EXPECT_EQ(error.details().at("column"), "id");
  EXPECT_EQ(error_of([&] {
              (void)align_table_to_schema(one, {.fields = {schema.fields[0], schema.fields[0]}});
            }).code(),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] { (void)align_table_to_schema(one, {}); }).code(),
            ErrorCode::InvalidArgument);
}

TEST_F(AlignTest, RefusesAMissingColumnThatMustHaveValues) {
  const Schema schema{.fields = {required("id", int64())}};
  const Error error = error_of([&] { (void)align("SELECT 1 AS other", schema); });
  EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch);
  EXPECT_EQ(error.details().at("column"), "id");
  EXPECT_THAT(error.message(), AllOf(HasSubstr("missing"), HasSubstr("with_column")));
  EXPECT_EQ(alignment_report(session.sql("SELECT 1 AS other"), schema).invalid.at(0).column, "id");
}

TEST_F(AlignTest, NamesEveryColumnThatCantBeCast) {
  const DataFrame table = session.sql(
      "SELECT named_struct('a', 1) AS s, make_array(1) AS l, 5 AS n, "
      "arrow_cast(now(), 'Timestamp(Microsecond, Some(\"UTC\"))') AS t");
  const Schema schema{.fields = {{.name = "s", .type = int64()},
                                 {.name = "l", .type = utf8()},
                                 {.name = "n", .type = list(int64())},
                                 {.name = "t", .type = timestamp(TimeUnit::Micro)}}};
  const Error error = error_of([&] { (void)align_table_to_schema(table, schema); });
  EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch);
  EXPECT_THAT(error.message(),
              AllOf(HasSubstr("`s`"), HasSubstr("`l`"), HasSubstr("`n`"), HasSubstr("`t`"),
                    HasSubstr("time zone"), HasSubstr("arrow_cast(..., 'Timestamp(µs)')")));
  EXPECT_EQ(error.details().at("column"), "s");
  EXPECT_THAT(error.details().at("from"), HasSubstr("Struct"));
  EXPECT_EQ(error.details().at("to"), "Int64");
  const AlignmentReport report = alignment_report(table, schema);
  EXPECT_EQ(report.invalid.size(), 4U);
  EXPECT_EQ(report.invalid.at(3).column, "t");
  EXPECT_EQ(report.invalid.at(3).to, "Timestamp(µs)");
}

TEST_F(AlignTest, FailsOnAValueThatDoesntFit) {
  const auto expect = [&](const std::string& query, const DataType& type, const char* why) {
    const Error error = run_failure(query, {.name = "c", .type = type});
    EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch) << error.message();
    EXPECT_THAT(error.message(), AllOf(HasSubstr("column `c`"), HasSubstr(why)));
    EXPECT_EQ(error.details().at("column"), "c");
  };
  expect("SELECT value AS c FROM generate_series(0, 300)", int8(), "128");
  expect("SELECT 'five' AS c", int64(), "five");
  expect("SELECT arrow_cast('18446744073709551615', 'UInt64') AS c", int64(),
         "18446744073709551615");
  expect("SELECT -1 AS c", uint64(), "-1");
  expect("SELECT arrow_cast('123456.78', 'Decimal128(10, 2)') AS c", decimal128(6, 2), "");
  expect("SELECT arrow_cast('2500-01-01T00:00:00', 'Timestamp(Second, None)') AS c",
         timestamp(TimeUnit::Nano), "");
  expect("SELECT X'ff' AS c", utf8(), "");
}

TEST_F(AlignTest, HoldsNotNull) {
  const std::vector<Field> fields{required("n", int64())};
  const DataFrame good = aligned("SELECT value AS n FROM generate_series(1, 3)", fields);
  EXPECT_THAT(values_of(good.sort({col("n").asc()})), ElementsAre("1", "2", "3"));
  EXPECT_THAT(
      alignment_report(session.sql("SELECT nullif(1, 2) AS n"), {.fields = fields}).null_checked,
      ElementsAre("n"));
  const Error error =
      run_failure("SELECT nullif(value, 2) AS n FROM generate_series(1, 3)", fields[0]);
  EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation);
  EXPECT_EQ(error.details().at("column"), "n");
  EXPECT_THAT(error.message(), AllOf(HasSubstr("column `n`"), HasSubstr("coalesce")));
  EXPECT_EQ(run_failure("SELECT NULL AS n", fields[0]).code(), ErrorCode::ConstraintViolation);
}

TEST_F(AlignTest, LooksAtEveryPartition) {
  const Schema given{.fields = {{.name = "n", .type = int64()}}};
  const auto batch = [&](bool with_null) {
    RecordBatchBuilder builder(given);
    for (int i = 0; i < 3; ++i) builder.column(0).append(i);
    if (with_null) builder.column(0).append_null();
    return builder.finish();
  };
  adapter.register_record_batches("good", given, {{batch(false)}, {batch(false), batch(false)}});
  adapter.register_record_batches("bad", given, {{batch(false)}, {batch(false), batch(true)}});
  const Schema wanted{.fields = {required("n", int64())}};
  EXPECT_EQ(values_of(align_table_to_schema(session.table("good"), wanted).frame).size(), 9U);
  const DataFrame bad = align_table_to_schema(session.table("bad"), wanted).frame;
  EXPECT_EQ(error_of([&] { (void)bad.collect(); }).details().at("column"), "n");
}

TEST_F(AlignTest, AlignsEmptyTables) {
  const std::vector<Field> fields{
      required("n", int8()),
      {.name = "s", .type = struct_({required("a", utf8())})},
      {.name = "l", .type = list(struct_({{.name = "a", .type = int32()}}))},
      {.name = "m", .type = map_of(int64())},
      {.name = "d", .type = dictionary_of(utf8())}};
  const DataFrame frame = aligned(
      "SELECT 1000 AS n, named_struct('a', 1) AS s, make_array(named_struct('b', 1)) AS l, "
      "map(['k'], [1]) AS m, 'x' AS d WHERE false",
      fields);
  EXPECT_EQ(frame.collect().size(), 0U);
  adapter.register_record_batches("nothing", Schema{.fields = {{.name = "n", .type = int64()}}},
                                  {});
  EXPECT_EQ(align_table_to_schema(session.table("nothing"), {.fields = {fields[0]}}).frame.count(),
            0U);
}

TEST_F(AlignTest, RebuildsStructsByName) {
  const DataType address = struct_(
      {{.name = "zip", .type = utf8()},
       {.name = "town", .type = utf8()},
       {.name = "at",
        .type = struct_({{.name = "x", .type = float64()}, {.name = "y", .type = float64()}}),
        .metadata = {{"comment", "where"}}}});
  const std::string query =
      "SELECT named_struct('town', 'Ulm', 'street', 'Hof', 'at', named_struct('y', 1)) AS address";
  const Alignment result = align(query, {.fields = {{.name = "address", .type = address}}});
  EXPECT_EQ(result.frame.schema().fields[0].type, address);
  const Expr column = col("address");
  EXPECT_EQ(
      rows_of(result.frame.select(
          {column.field("zip").alias("zip"), column.field("town").alias("town"),
           column.field("at").field("x").alias("x"), column.field("at").field("y").alias("y")})),
      (Rows{{"NULL", "Ulm", "NULL", "1.0"}}));
  EXPECT_THAT(result.report.missing, ElementsAre("address.zip", "address.at.x"));
  EXPECT_THAT(result.report.dropped, ElementsAre("address.street"));
  ASSERT_EQ(result.report.cast.size(), 1U);
  EXPECT_EQ(result.report.cast[0].column, "address.at.y");
}

TEST_F(AlignTest, RebuildsStructsInListsAndMaps) {
  const DataType price = struct_(
      {{.name = "currency", .type = utf8()}, {.name = "amount", .type = decimal128(12, 2)}});
  const std::vector<Field> fields{
      {.name = "items", .type = DataType("+l", {{.name = "element", .type = price}})},
      {.name = "prices", .type = map_of(price)}};
  const DataFrame frame = aligned(
      "SELECT make_array(named_struct('amount', 3, 'note', 'x'), NULL) AS items, "
      "map(['a', 'b'], [named_struct('amount', 1), named_struct('amount', 2)]) AS prices",
      fields);
  EXPECT_THAT(frame.to_string(),
              AllOf(HasSubstr("[{currency: , amount: 3.00}, ]"),
                    HasSubstr("{a: {currency: , amount: 1.00}, b: {currency: , amount: 2.00}}")));
  const AlignmentReport report = alignment_report(
      session.sql("SELECT make_array(named_struct('amount', 3, 'note', 'x')) AS items, "
                  "map(['a'], [named_struct('amount', 1)]) AS prices"),
      {.fields = fields});
  EXPECT_THAT(report.missing, ElementsAre("items.element.currency", "prices.value.currency"));
  EXPECT_THAT(report.dropped, ElementsAre("items.element.note"));
}

TEST_F(AlignTest, ConvertsBetweenKindsOfLists) {
  const DataType item = struct_({{.name = "b", .type = utf8()}, {.name = "a", .type = int64()}});
  const Field element{.name = "element", .type = item};
  for (const std::string kind : {"List", "LargeList", "ListView", "LargeListView"}) {
    const std::string query = "SELECT arrow_cast(make_array(1, 2), '" + kind + "(Int64)') AS c";
    const DataFrame frame = aligned(query, {{.name = "c", .type = list(int32())}});
    EXPECT_THAT(frame.to_string(), HasSubstr("[1, 2]")) << kind;
  }
  const std::string nested = "SELECT make_array(named_struct('a', 1)) AS c";
  for (const char* format : {"+l", "+L", "+vl", "+w:1"}) {
    const DataFrame frame = aligned(nested, {{.name = "c", .type = DataType(format, {element})}});
    EXPECT_THAT(frame.to_string(), HasSubstr("[{b: , a: 1}]")) << format;
  }
  const Error error = run_failure(nested, {.name = "c", .type = DataType("+w:3", {element})});
  EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch);
}

TEST_F(AlignTest, HoldsNotNullInNestedParts) {
  const Field strict{.name = "c", .type = struct_({required("a", int64())})};
  const Field strict_list{.name = "c", .type = DataType("+l", {required("item", strict.type)})};
  const Field strict_map{
      .name = "c",
      .type = DataType(
          "+m",
          {required("entries", struct_({required("key", utf8()), required("value", int64())}))})};
  const auto expect = [&](const std::string& query, const Field& field, const char* column) {
    const Error error = run_failure(query, field);
    EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation) << error.message();
    EXPECT_EQ(error.details().at("column"), column);
  };
  expect("SELECT named_struct('a', nullif(1, 1)) AS c", strict, "c.a");
  expect("SELECT make_array(named_struct('a', nullif(1, 1))) AS c", strict_list, "c.item.a");
  expect("SELECT make_array(named_struct('a', 1), NULL) AS c", strict_list, "c.item");
  expect("SELECT map(['k'], [nullif(1, 1)]) AS c", strict_map, "c.value");
  const Error missing = failure("SELECT named_struct('b', 1) AS c", strict.type);
  EXPECT_EQ(missing.code(), ErrorCode::SchemaMismatch);
  EXPECT_EQ(missing.details().at("column"), "c.a");
}

// A null struct or list has no parts, whatever its slots hold.
TEST_F(AlignTest, AsksNothingOfWhatANullHides) {
  const Field strict{
      .name = "c",
      .type = struct_({required("a", int8()), required("s", struct_({required("b", int8())}))})};
  const std::string hidden =
      "SELECT nullif(v, named_struct('a', 300, 's', named_struct('b', nullif(1, 1)))) AS c FROM "
      "(VALUES (named_struct('a', 1, 's', named_struct('b', 2))), "
      "(named_struct('a', 300, 's', named_struct('b', nullif(1, 1))))) AS t(v)";
  const DataFrame frame = aligned(hidden, {strict});
  EXPECT_THAT(frame.to_string(), HasSubstr("{a: 1, s: {b: 2}}"));
  const Field strict_list{.name = "c", .type = DataType("+l", {required("item", int8())})};
  const DataFrame lists = aligned(
      "SELECT nullif(v, make_array(300, NULL)) AS c FROM (VALUES (make_array(1, 2)), "
      "(make_array(300, NULL)), (make_array(3, 4))) AS t(v)",
      {strict_list});
  EXPECT_THAT(lists.to_string(), AllOf(HasSubstr("[1, 2]"), HasSubstr("[3, 4]")));
}

TEST_F(AlignTest, AlignsSlices) {
  const std::vector<Field> fields{{.name = "l", .type = DataType("+l", {required("item", int8())})},
                                  {.name = "m", .type = map_of(utf8())}};
  const DataFrame table =
      session
          .sql(
              "SELECT make_array(value * 100, value) AS l, map([CAST(value AS VARCHAR)], [value]) "
              "AS m FROM generate_series(0, 9) ORDER BY value")
          .limit(1, 1);
  const DataFrame frame = align_table_to_schema(table, {.fields = fields}).frame;
  EXPECT_EQ(frame.schema().fields, fields);
  EXPECT_THAT(frame.to_string(), AllOf(HasSubstr("[100, 1]"), HasSubstr("{1: 1}")));
}

TEST_F(AlignTest, KeepsTheEncodingThatTheSchemaHas) {
  const Schema schema{
      .fields = {{.name = "a", .type = dictionary_of(utf8())}, {.name = "b", .type = utf8()}}};
  const std::string query = "SELECT 'x' AS a, arrow_cast('y', 'Dictionary(Int8, Utf8)') AS b";
  const DataFrame frame = aligned(query, schema.fields);
  EXPECT_EQ(rows_of(frame), (Rows{{"x", "y"}}));
  const Alignment policy = align(query, schema, {.dictionary = {{"a", false}, {"b", true}}});
  EXPECT_EQ(policy.frame.schema().fields[0].type, utf8());
  EXPECT_EQ(policy.frame.schema().fields[1].type, dictionary_of(utf8()));
  EXPECT_EQ(rows_of(policy.frame), (Rows{{"x", "y"}}));
  EXPECT_EQ(error_of([&] { (void)align(query, schema, {.dictionary = {{"z", true}}}); }).code(),
            ErrorCode::InvalidArgument);
  const Error null =
      run_failure("SELECT nullif('x', 'x') AS c", required("c", dictionary_of(utf8())));
  EXPECT_EQ(null.code(), ErrorCode::ConstraintViolation);
}

TEST_F(AlignTest, ResolvesViewsAndLargeLayouts) {
  const DataFrame frame = aligned(
      "SELECT arrow_cast('a', 'Utf8View') AS a, arrow_cast('b', 'LargeUtf8') AS b, "
      "arrow_cast(X'01', 'BinaryView') AS c, 'd' AS d",
      {{.name = "a", .type = utf8()},
       {.name = "b", .type = utf8_view()},
       {.name = "c", .type = binary()},
       {.name = "d", .type = DataType("U")}});
  EXPECT_EQ(rows_of(frame.select({"a", "b", "d"})), (Rows{{"a", "b", "d"}}));
}

TEST_F(AlignTest, ConvertsNumbersAndTimes) {
  const DataFrame frame = aligned(
      "SELECT arrow_cast(200, 'UInt8') AS u, arrow_cast('1.25', 'Decimal128(5, 2)') AS d, "
      "7 AS i, arrow_cast('2020-01-01T09:00:00+09:00', 'Timestamp(Millisecond, "
      "Some(\"Asia/Tokyo\"))') AS t, "
      "arrow_cast('2020-01-01T00:00:00.123456789', 'Timestamp(Nanosecond, None)') AS n",
      {{.name = "u", .type = int16()},
       {.name = "d", .type = decimal128(38, 4)},
       {.name = "i", .type = decimal128(20, 0)},
       {.name = "t", .type = timestamp(TimeUnit::Micro, "UTC")},
       {.name = "n", .type = timestamp(TimeUnit::Micro)}});
  EXPECT_EQ(rows_of(frame),
            (Rows{{"200", "1.2500", "7", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00.123456"}}));
}

TEST_F(AlignTest, KeepsMetadataAndNullabilityOfTheSchema) {
  (void)aligned("SELECT 1 AS a, named_struct('x', 1) AS s",
                {{.name = "a", .type = int64(), .nullable = true, .metadata = {{"k", "v"}}},
                 {.name = "s",
                  .type = struct_({{.name = "x", .type = int64(), .metadata = {{"comment", "c"}}}}),
                  .metadata = {{"comment", "a struct"}}}});
}

// The engine may read a part of one column where another was computed under its old name.
TEST_F(AlignTest, IsReadByItsNewColumnsBesideAStruct) {
  const Schema given{.fields = {{.name = "a", .type = int32()},
                                {.name = "s", .type = struct_({{.name = "b", .type = utf8()}})}}};
  RecordBatchBuilder builder(given);
  for (const int a : {1, 2}) {
    builder.column(0).append(a);
    builder.column(1).child(0).append("x");
    builder.column(1).finish_element();
  }
  adapter.register_record_batches("t", {builder.finish()});
  Schema wanted = given;
  wanted.fields[0].type = int64();
  wanted.fields[1].type = struct_({{.name = "c", .type = utf8()}, {.name = "b", .type = utf8()}});
  const DataFrame frame =
      align_table_to_schema(session.table("t").filter(col("a") > lit(0)), wanted).frame;
  EXPECT_EQ(
      rows_of(
          frame.select({col("a"), col("s").field("b").alias("b"), col("s").field("c").alias("c")})
              .sort({col("a").asc()})),
      (Rows{{"1", "x", "NULL"}, {"2", "x", "NULL"}}));
  wanted.fields[1] = given.fields[1];
  const DataFrame cast =
      align_table_to_schema(session.table("t").filter(col("a") > lit(0)), wanted).frame;
  const DataFrame parts = cast.select({col("a"), col("s").field("b").alias("b")});
  EXPECT_EQ(parts.collect().at(0).schema().fields[0].type, int64());
}

TEST_F(AlignTest, IsAPlanLikeAnyOther) {
  const DataFrame frame =
      aligned("SELECT value AS n FROM generate_series(1, 10)", {required("n", int32())});
  EXPECT_EQ(
      values_of(
          frame.filter(col("n") > lit(8)).aggregate({}, {functions::sum(col("n")).alias("sum")})),
      (std::vector<std::string>{"19"}));
  adapter.register_view("aligned", frame);
  EXPECT_EQ(values_of(session.sql("SELECT max(n) FROM aligned")), (std::vector<std::string>{"10"}));
}

}  // namespace
}  // namespace alluvium
