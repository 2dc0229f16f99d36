
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alluvium/delta/alter.h"
#include "alluvium/delta/create.h"
#include "alluvium/delta/merge.h"
#include "alluvium/delta/update.h"
#include "delta/table_testing.h"

namespace alluvium::delta {
namespace {

using alluvium::testing::Rows;
using alluvium::testing::rows_of;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;

using ColumnMappingTest = testing::TableTest;

TEST_F(ColumnMappingTest, IsSpelledAsTheTableProperty) {
  for (const ColumnMapping mapping :
       {ColumnMapping::None, ColumnMapping::Name, ColumnMapping::Id}) {
    EXPECT_EQ(column_mapping_from_name(to_string(mapping)), mapping);
  }
  EXPECT_EQ(error_of([] { (void)column_mapping_from_name("index"); }).code(),
            ErrorCode::InvalidArgument);
}

TEST_F(ColumnMappingTest, IsGivenToNewTables) {
  for (const ColumnMapping mapping : {ColumnMapping::Name, ColumnMapping::Id}) {
    std::filesystem::remove_all(folder);
    write(session, numbers(0, 3), {.table_uri = uri, .column_mapping = mapping});
    const Snapshot made = snapshot(session, {.table_uri = uri});
    EXPECT_EQ(made.configuration.at("delta.columnMapping.mode"), to_string(mapping));
    EXPECT_THAT(made.schema.fields.at(0).metadata,
                ::testing::Contains(::testing::Key("delta.columnMapping.physicalName")));
    append(3, 4);
    delete_rows(session, {.table_uri = uri, .where = "n = 1"});
    update(session, {.table_uri = uri, .where = "n = 2", .set = {{"s", "'two'"}}});
    merge(session, numbers(3, 6),
          Merge{.table_uri = uri, .on = "target.n = source.n"}
              .when_matched_update({{"s", "'three'"}})
              .when_not_matched_insert({{"n", "source.n"}, {"s", "source.s"}}));
    EXPECT_EQ(rows_of(read().sort({col("n").asc()})),
              (Rows{{"0", "0"}, {"2", "two"}, {"3", "three"}, {"4", "4"}, {"5", "5"}}));
    write(session, numbers(7, 8),
          {.table_uri = uri, .mode = SaveMode::Overwrite, .column_mapping = mapping});
    EXPECT_THAT(ns(), ElementsAre("7"));
  }
}

TEST_F(ColumnMappingTest, RefusesToChangeAMappedSchema) {
  write(session, numbers(0, 1), {.table_uri = uri, .column_mapping = ColumnMapping::Name});
  const DataFrame wider = numbers(1, 2).with_column("extra", lit(true));
  const auto expect = [&](const auto& action) {
    const Error error = error_of(action);
    EXPECT_EQ(error.code(), ErrorCode::Unsupported) << error.message();
    EXPECT_EQ(snapshot(session, {.table_uri = uri}).version, 0);
    return error.message();
  };
  EXPECT_THAT(
      expect([&] { write(session, wider, {.table_uri = uri, .schema_mode = SchemaMode::Merge}); }),
      HasSubstr("delta.columnMapping.mode"));
  expect([&] {
    write(session, wider,
          {.table_uri = uri, .mode = SaveMode::Overwrite, .schema_mode = SchemaMode::Overwrite});
  });
  expect([&] {
    Merge request{.table_uri = uri, .on = "target.n = source.n"};
    request.merge_schema = true;
    merge(session, wider,
          request.when_not_matched_insert({{"n", "source.n"}, {"extra", "source.extra"}}));
  });
  expect([&] {
    add_columns(session, {.table_uri = uri}, {.fields = {{.name = "extra", .type = boolean()}}});
  });
  EXPECT_THAT(expect([&] {
                write(session, numbers(1, 2),
                      {.table_uri = uri, .column_mapping = ColumnMapping::Id});
              }),
              HasSubstr("`name`"));
}

TEST_F(ColumnMappingTest, CantBeTurnedOnLater) {
  append(0, 1);
  EXPECT_EQ(error_of([&] {
              write(session, numbers(1, 2),
                    {.table_uri = uri, .column_mapping = ColumnMapping::Name});
            }).code(),
            ErrorCode::Unsupported);
  EXPECT_EQ(error_of([&] {
              set_properties(session, {.table_uri = uri}, {{"delta.columnMapping.mode", "name"}});
            }).code(),
            ErrorCode::Unsupported);
  write(session, numbers(1, 2), {.table_uri = uri, .column_mapping = ColumnMapping::None});
  EXPECT_THAT(ns(), ElementsAre("0", "1"));
}

TEST_F(ColumnMappingTest, RefusesContradictionsAndConversions) {
  EXPECT_EQ(error_of([&] {
              create(session, {.table_uri = uri,
                               .schema = {.fields = {{.name = "n", .type = int64()}}},
                               .configuration = {{"delta.columnMapping.mode", "id"}},
                               .column_mapping = ColumnMapping::Name});
            }).code(),
            ErrorCode::InvalidArgument);
  numbers(0, 3).write_parquet(folder);
  EXPECT_EQ(error_of([&] {
              convert_to_delta(session, {.table_uri = uri,
                                         .configuration = {{"delta.columnMapping.mode", "name"}}});
            }).code(),
            ErrorCode::Unsupported);
  EXPECT_FALSE(is_table(session, uri));
}

}  // namespace
}  // namespace alluvium::delta
