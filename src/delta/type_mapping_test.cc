#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "alluvium/delta/create.h"
#include "delta/table_testing.h"

// What becomes of each Arrow type: how Delta stores it, and as what it is read back.
namespace alluvium::delta {
namespace {

using alluvium::testing::Rows;
using alluvium::testing::rows_of;
using nlohmann::json;
using testing::error_of;
using ::testing::HasSubstr;

class TypeMappingTest : public testing::TableTest {
 protected:
  /// The table's schema as the first commit has it.
  [[nodiscard]] json stored_schema() const {
    std::ifstream log(folder / "_delta_log" / "00000000000000000000.json");
    for (std::string line; std::getline(log, line);) {
      const json action = json::parse(line);
      if (action.contains("metaData")) {
        return json::parse(action["metaData"]["schemaString"].get<std::string>())["fields"];
      }
    }
    ADD_FAILURE() << "no metadata";
    return {};
  }
  void write_column(const std::string& expression) const {
    std::filesystem::remove_all(folder);
    write(session, session.sql("SELECT " + expression + " AS c"), {.table_uri = uri});
  }
  [[nodiscard]] DataFrame read_plain() const {
    return session.read(provider_from_session(
                            session, {.table_uri = uri,
                                      .delta_scan = ScanOptions{.schema_force_view_types = false}})
                            .provider);
  }
};

TEST_F(TypeMappingTest, StoresWhatDeltaHas) {
  struct Row {
    const char* expression;
    const char* stored;
    const char* read;
    const char* value;
  };
  const Row rows[] = {
      {"true", "boolean", "Boolean", "true"},
      {"arrow_cast(-5, 'Int8')", "byte", "Int8", "-5"},
      {"arrow_cast(-5, 'Int16')", "short", "Int16", "-5"},
      {"arrow_cast(-5, 'Int32')", "integer", "Int32", "-5"},
      {"-5", "long", "Int64", "-5"},
      {"arrow_cast(255, 'UInt8')", "short", "Int16", "255"},
      {"arrow_cast(65535, 'UInt16')", "integer", "Int32", "65535"},
      {"arrow_cast(4294967295, 'UInt32')", "long", "Int64", "4294967295"},
      {"arrow_cast(9223372036854775807, 'UInt64')", "long", "Int64", "9223372036854775807"},
      {"arrow_cast(0.5, 'Float32')", "float", "Float32", "0.5"},
      {"0.5", "double", "Float64", "0.5"},
      {"arrow_cast('1.25', 'Decimal128(10, 2)')", "decimal(10,2)", "Decimal128(10, 2)", "1.25"},
      {"arrow_cast('a', 'Utf8')", "string", "Utf8", "a"},
      {"arrow_cast('a', 'LargeUtf8')", "string", "Utf8", "a"},
      {"arrow_cast('a', 'Utf8View')", "string", "Utf8", "a"},
      {"arrow_cast('a', 'Dictionary(Int32, Utf8)')", "string", "Utf8", "a"},
      {"arrow_cast(255, 'Dictionary(Int32, UInt8)')", "short", "Int16", "255"},
      {"arrow_cast('a', 'Binary')", "binary", "Binary", "a"},
      {"arrow_cast('a', 'LargeBinary')", "binary", "Binary", "a"},
      {"arrow_cast('a', 'BinaryView')", "binary", "Binary", "a"},
      {"arrow_cast(arrow_cast('ab', 'Binary'), 'FixedSizeBinary(2)')", "binary", "Binary", "ab"},
      {"arrow_cast('2020-02-01', 'Date32')", "date", "Date32", "2020-02-01"},
      {"arrow_cast('2020-02-01', 'Date64')", "date", "Date32", "2020-02-01"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.expression);
    write_column(row.expression);
    EXPECT_EQ(stored_schema()[0]["type"], row.stored);
    EXPECT_EQ(read_plain().schema().fields.at(0).type.to_string(), row.read);
    EXPECT_EQ(rows_of(read_plain()), (Rows{{row.value}}));
  }
}

TEST_F(TypeMappingTest, KeepsInstantsAndLocalTimes) {
  for (const char* unit : {"Second", "Millisecond", "Microsecond", "Nanosecond"}) {
    SCOPED_TRACE(unit);
    write_column(std::string("arrow_cast('2020-02-01T09:30:00', 'Timestamp(") + unit + ", None)')");
    EXPECT_EQ(stored_schema()[0]["type"], "timestamp_ntz");
    EXPECT_EQ(read_plain().schema().fields.at(0).type, timestamp(TimeUnit::Micro));
    EXPECT_EQ(rows_of(read_plain()), (Rows{{"2020-02-01T09:30:00"}}));
    const Snapshot made = snapshot(session, {.table_uri = uri});
    EXPECT_EQ(made.min_reader_version, 3);
    EXPECT_EQ(made.min_writer_version, 7);
    for (const char* zone : {"UTC", "Asia/Tokyo", "+02:00"}) {
      SCOPED_TRACE(zone);
      write_column(std::string("arrow_cast('2020-02-01T09:30:00+09:00', 'Timestamp(") + unit +
                   ", Some(\"" + zone + "\"))')");
      EXPECT_EQ(stored_schema()[0]["type"], "timestamp");
      EXPECT_EQ(read_plain().schema().fields.at(0).type, timestamp(TimeUnit::Micro, "UTC"));
      EXPECT_EQ(rows_of(read_plain()), (Rows{{"2020-02-01T00:30:00Z"}}));
    }
  }
}

// A table of local times is given no instants, nor the other way round: either would shift them.
TEST_F(TypeMappingTest, ConfusesNoInstantsWithLocalTimes) {
  const std::string local = "arrow_cast('2020-02-01T09:30:00', 'Timestamp(Microsecond, None)')";
  const std::string instant =
      "arrow_cast('2020-02-01T09:30:00Z', 'Timestamp(Microsecond, Some(\"Asia/Tokyo\"))')";
  const auto rows = [&](const std::string& first, const std::string& second) {
    return session.sql("SELECT " + first + " AS c, make_array(named_struct('t', " + second +
                       ")) AS l");
  };
  write(session, rows(local, instant), {.table_uri = uri});
  const auto expect = [&](const DataFrame& frame, const char* column) {
    for (const SchemaMode mode : {SchemaMode::Strict, SchemaMode::Merge}) {
      const Error error =
          error_of([&] { write(session, frame, {.table_uri = uri, .schema_mode = mode}); });
      EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch) << error.what();
      EXPECT_EQ(error.details().at("column"), column);
    }
  };
  expect(rows(instant, instant), "c");
  expect(rows(local, local), "l.item.t");
  EXPECT_EQ(read().count(), 1U);
  write(session, rows(local, instant), {.table_uri = uri});
  EXPECT_EQ(read().count(), 2U);
}

TEST_F(TypeMappingTest, StoresEveryKindOfList) {
  for (const char* kind : {"List(Int64)", "LargeList(Int64)", "FixedSizeList(2 x Int64)",
                           "ListView(Int64)", "LargeListView(Int64)"}) {
    SCOPED_TRACE(kind);
    write_column(std::string("arrow_cast(make_array(1, 2), '") + kind + "')");
    EXPECT_EQ(stored_schema()[0]["type"]["type"], "array");
    EXPECT_EQ(stored_schema()[0]["type"]["elementType"], "long");
    EXPECT_EQ(read_plain().schema().fields.at(0).type.to_string(), "List(Int64, field: 'element')");
    EXPECT_THAT(read_plain().to_string(), HasSubstr("[1, 2]"));
  }
}

TEST_F(TypeMappingTest, WidensUnsignedPartsOfNestedTypes) {
  write_column(
      "named_struct('a', arrow_cast(255, 'UInt8'), 'l', make_array(named_struct('b', "
      "arrow_cast(65535, 'UInt16')))) AS s, map(['k'], [arrow_cast(4294967295, 'UInt32')])");
  EXPECT_THAT(read_plain().to_string(), ::testing::AllOf(HasSubstr("{a: 255, l: [{b: 65535}]}"),
                                                         HasSubstr("{k: 4294967295}")));
}

TEST_F(TypeMappingTest, NamesTheColumnOfAnUnsignedValueAboveTheSignedMaximum) {
  const auto failure = [&](const std::string& expression) {
    std::filesystem::remove_all(folder);
    const Error error = error_of([&] { write_column(expression); });
    EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch) << error.what();
    EXPECT_FALSE(is_table(session, uri));
    return error;
  };
  const std::string too_large = "arrow_cast('9223372036854775808', 'UInt64')";
  EXPECT_EQ(failure(too_large).details().at("column"), "c");
  EXPECT_THAT(failure(too_large).message(), HasSubstr("9223372036854775808"));
  EXPECT_EQ(failure("make_array(" + too_large + ")").details().at("column"), "c.item");
}

TEST_F(TypeMappingTest, RefusesTheRestWithACastThatWorks) {
  const char* kRefused[] = {
      "arrow_cast(arrow_cast(1, 'Int32'), 'Time32(Second)')",
      "arrow_cast(arrow_cast(1, 'Int32'), 'Time32(Millisecond)')",
      "arrow_cast(1, 'Time64(Microsecond)')",
      "arrow_cast(1, 'Time64(Nanosecond)')",
      "arrow_cast(1, 'Duration(Second)')",
      "arrow_cast(1, 'Duration(Nanosecond)')",
      "INTERVAL '1 day'",
      "arrow_cast('1 month', 'Interval(YearMonth)')",
      "arrow_cast('1 day', 'Interval(DayTime)')",
      "arrow_cast(0.5, 'Float16')",
      "arrow_cast('1.25', 'Decimal32(5, 2)')",
      "arrow_cast('1.25', 'Decimal64(10, 2)')",
      "arrow_cast('1.25', 'Decimal256(20, 2)')",
      "arrow_cast('1.25', 'Decimal256(50, 2)')",
      "arrow_cast('a', 'RunEndEncoded(\"run_ends\": Int32, \"values\": Utf8)')",
  };
  const std::regex cast("write (arrow_cast\\(c, '[^']*'\\)) instead");
  for (const char* expression : kRefused) {
    SCOPED_TRACE(expression);
    std::filesystem::remove_all(folder);
    const DataFrame rows = session.sql(std::string("SELECT ") + expression + " AS c");
    const Error error = error_of([&] { write(session, rows, {.table_uri = uri}); });
    EXPECT_EQ(error.code(), ErrorCode::Unsupported) << error.what();
    EXPECT_EQ(error.details().at("column"), "c");
    EXPECT_FALSE(std::filesystem::exists(folder));
    std::smatch found;
    const std::string& message = error.message();
    ASSERT_TRUE(std::regex_search(message, found, cast)) << message;
    write(session,
          session.sql("SELECT " + found[1].str() + " AS c FROM (SELECT " + expression + " AS c)"),
          {.table_uri = uri});
    EXPECT_EQ(read().count(), 1U);
  }
}

// Other engines read nulls where a schema has field ids and the table doesn't map by them.
TEST_F(TypeMappingTest, DropsParquetFieldIds) {
  const std::map<std::string, std::string> ids{{"PARQUET:field_id", "7"}, {"comment", "kept"}};
  const Schema given{.fields = {{.name = "n", .type = int64(), .metadata = ids},
                                {.name = "s",
                                 .type = struct_({{.name = "a", .type = utf8(), .metadata = ids}}),
                                 .metadata = ids}}};
  const auto expect_none = [&] {
    const std::string stored = stored_schema().dump();
    EXPECT_THAT(stored, ::testing::Not(HasSubstr("field.id")));
    EXPECT_THAT(stored, ::testing::Not(HasSubstr("field_id")));
    EXPECT_THAT(stored, HasSubstr("kept"));
  };
  const DataFrame rows = session.sql("SELECT 1 AS n, named_struct('a', 'x') AS s")
                             .select({col("n").conform_to(given.fields[0]).alias("n"),
                                      col("s").conform_to(given.fields[1]).alias("s")});
  write(session, rows, {.table_uri = uri});
  expect_none();
  EXPECT_EQ(rows_of(read().select({"n"})), (Rows{{"1"}}));

  std::filesystem::remove_all(folder);
  create(session, {.table_uri = uri, .schema = given});
  expect_none();
  write(session, rows, {.table_uri = uri});
  EXPECT_EQ(read().count(), 1U);

  std::filesystem::remove_all(folder);
  rows.write_parquet(folder);
  convert_to_delta(session, {.table_uri = uri});
  EXPECT_THAT(stored_schema().dump(), ::testing::Not(HasSubstr("field.id")));
  EXPECT_EQ(rows_of(read().select({"n"})), (Rows{{"1"}}));
}

}  // namespace
}  // namespace alluvium::delta
