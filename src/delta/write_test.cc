#include "alluvium/delta/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "alluvium/delta/create.h"
#include "alluvium/delta/merge.h"
#include "alluvium/error.h"
#include "alluvium/frame/functions.h"
#include "delta/table_testing.h"

namespace alluvium::delta {
namespace {

using alluvium::testing::Rows;
using alluvium::testing::rows_of;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;

using DeltaTest = testing::TableTest;

TEST_F(DeltaTest, AppendsOverwritesAndTravels) {
  EXPECT_FALSE(is_table(session, uri));
  const CommitReport first = append(0, 2);
  EXPECT_EQ(first.version, 0);
  EXPECT_EQ(first.read_version, -1);
  EXPECT_EQ(first.attempts, 1);
  EXPECT_TRUE(is_table(session, uri));
  const CommitReport second = append(2, 3);
  EXPECT_EQ(second.version, 1);
  EXPECT_EQ(second.read_version, 0);
  EXPECT_FALSE(second.metrics.empty());
  EXPECT_THAT(ns(), ElementsAre("0", "1", "2"));
  const CommitReport third =
      write(session, numbers(7, 8), {.table_uri = uri, .mode = SaveMode::Overwrite});
  EXPECT_EQ(third.version, 2);
  EXPECT_THAT(ns(), ElementsAre("7"));
  EXPECT_THAT(ns(0), ElementsAre("0", "1"));
  EXPECT_THAT(ns(1), ElementsAre("0", "1", "2"));
  EXPECT_EQ(error_of([&] { (void)ns(3); }).code(), ErrorCode::NotFound);
}

TEST_F(DeltaTest, TravelsToATimestamp) {
  append(0, 1);
  const DataFrame now = session.read(
      provider_from_session(session, {.table_uri = uri, .timestamp = "2100-01-01T00:00:00Z"})
          .provider);
  EXPECT_EQ(now.count(), 1U);
  EXPECT_EQ(error_of([&] {
              (void)provider_from_session(session, {.table_uri = uri, .timestamp = "yesterday"});
            }).code(),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] {
              (void)provider_from_session(
                  session, {.table_uri = uri, .version = 0, .timestamp = "2100-01-01T00:00:00Z"});
            }).code(),
            ErrorCode::InvalidArgument);
}

TEST_F(DeltaTest, OverwritesWhatAPredicateSelects) {
  append(0, 4);
  write(session, numbers(3, 4),
        {.table_uri = uri, .mode = SaveMode::Overwrite, .replace_where = "n >= 2"});
  EXPECT_THAT(ns(), ElementsAre("0", "1", "3"));
}

TEST_F(DeltaTest, KeepsMetadataGivenAtCreation) {
  const CommitReport report =
      create(session, {.table_uri = uri,
                       .schema = {.fields = {{.name = "k",
                                              .type = utf8(),
                                              .nullable = false,
                                              .metadata = {{"comment", "the key"}}},
                                             {.name = "v", .type = list(int64())}}},
                       .partition_by = {"k"},
                       .configuration = {{"delta.appendOnly", "true"}},
                       .name = "facts",
                       .description = "some facts"});
  EXPECT_EQ(report.version, 0);
  const Snapshot snapshot = delta::snapshot(session, {.table_uri = uri});
  EXPECT_EQ(snapshot.version, 0);
  EXPECT_EQ(snapshot.name, "facts");
  EXPECT_EQ(snapshot.description, "some facts");
  EXPECT_THAT(snapshot.partition_columns, ElementsAre("k"));
  EXPECT_EQ(snapshot.configuration.at("delta.appendOnly"), "true");
  EXPECT_EQ(snapshot.schema.fields.at(0).metadata.at("comment"), "the key");
  EXPECT_FALSE(snapshot.schema.fields.at(0).nullable);
  EXPECT_EQ(error_of([&] {
              create(session,
                     {.table_uri = uri, .schema = {.fields = {{.name = "k", .type = utf8()}}}});
            }).code(),
            ErrorCode::AlreadyExists);
}

TEST_F(DeltaTest, RefusesATableThatIsThere) {
  EXPECT_EQ(
      write(session, numbers(0, 1), {.table_uri = uri, .mode = SaveMode::ErrorIfExists}).version,
      0);
  EXPECT_EQ(error_of([&] {
              write(session, numbers(0, 1), {.table_uri = uri, .mode = SaveMode::ErrorIfExists});
            }).code(),
            ErrorCode::AlreadyExists);
}

TEST_F(DeltaTest, RefusesTypesBeforeAnythingIsWritten) {
  const Error error = error_of([&] {
    write(session, session.sql("SELECT arrow_cast(1, 'Time64(Microsecond)') AS at"),
          {.table_uri = uri});
  });
  EXPECT_EQ(error.code(), ErrorCode::Unsupported);
  EXPECT_THAT(error.message(), HasSubstr("arrow_cast(at, 'Int64')"));
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(DeltaTest, RefusesAnotherSchemaUnlessItMayChange) {
  append(0, 1);
  const DataFrame wider = numbers(1, 2).with_column("extra", lit(true));
  EXPECT_EQ(error_of([&] { write(session, wider, {.table_uri = uri}); }).code(),
            ErrorCode::SchemaMismatch);
  write(session, wider, {.table_uri = uri, .schema_mode = SchemaMode::Merge});
  EXPECT_EQ(rows_of(read().sort({col("n").asc()})), (Rows{{"0", "0", "NULL"}, {"1", "1", "true"}}));
  write(session, session.sql("SELECT 'new' AS other"),
        {.table_uri = uri, .mode = SaveMode::Overwrite, .schema_mode = SchemaMode::Overwrite});
  EXPECT_EQ(rows_of(read()), (Rows{{"new"}}));
}

TEST_F(DeltaTest, GivesNullsToColumnsThatRowsLack) {
  create(session, {.table_uri = uri,
                   .schema = {.fields = {{.name = "n", .type = int64(), .nullable = false},
                                         {.name = "s", .type = utf8()},
                                         {.name = "l", .type = list(int32())}}},
                   .partition_by = {"s"}});
  const DataFrame some = numbers(0, 1).select({"n"});
  write(session, some, {.table_uri = uri});
  write(session, numbers(1, 2), {.table_uri = uri, .schema_mode = SchemaMode::Merge});
  const Snapshot now = snapshot(session, {.table_uri = uri});
  EXPECT_EQ(now.schema.fields.back().name, "l") << "nothing was merged";
  EXPECT_EQ(rows_of(read().select({"n", "s"}).sort({col("n").asc()})),
            (Rows{{"0", "NULL"}, {"1", "1"}}));
  write(session, some, {.table_uri = uri, .mode = SaveMode::Overwrite});
  EXPECT_THAT(ns(), ElementsAre("0"));
  const auto expect = [&](const DataFrame& rows, const char* column) {
    const Error error = error_of([&] { write(session, rows, {.table_uri = uri}); });
    EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch);
    EXPECT_EQ(error.details().at("column"), column);
  };
  expect(numbers(0, 1).select({"s"}), "n");
  expect(numbers(0, 1).select({col("n"), col("s").alias("S")}), "S");
}

TEST_F(DeltaTest, LeavesVariantsAlone) {
  std::filesystem::create_directories(folder / "_delta_log");
  std::ofstream(folder / "_delta_log" / "00000000000000000000.json")
      << R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,)"
         R"("readerFeatures":["variantType"],"writerFeatures":["variantType"]}})"
         "\n"
         R"({"metaData":{"id":"5fba94ed-9794-4965-ba6e-6ee3c0d22af9","format":{"provider":)"
         R"("parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[)"
         R"({\"name\":\"n\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}},)"
         R"({\"name\":\"v\",\"type\":\"variant\",\"nullable\":true,\"metadata\":{}}]}",)"
         R"("partitionColumns":[],"configuration":{},"createdTime":1700000000000}})"
         "\n";
  const DataFrame rows = session.sql(
      "SELECT 1 AS n, named_struct('metadata', arrow_cast(x'010000', 'Binary'), 'value', "
      "arrow_cast(x'0C05', 'Binary')) AS v");
  const DataFrame wider = rows.with_column("extra", lit(true));
  const auto expect = [&](const auto& action) {
    const Error error = error_of(action);
    EXPECT_EQ(error.code(), ErrorCode::Unsupported);
    EXPECT_EQ(error.details().at("column"), "v");
    EXPECT_EQ(snapshot(session, {.table_uri = uri}).version, 0);
  };
  expect([&] { write(session, wider, {.table_uri = uri, .schema_mode = SchemaMode::Merge}); });
  expect([&] {
    write(session, wider,
          {.table_uri = uri, .mode = SaveMode::Overwrite, .schema_mode = SchemaMode::Overwrite});
  });
  const auto merge_of = [&](bool merge_schema) {
    return Merge{.table_uri = uri, .on = "target.n = source.n", .merge_schema = merge_schema};
  };
  expect(
      [&] { merge(session, wider, merge_of(true).when_not_matched_insert({{"n", "source.n"}})); });
  // Parts that may be null, as readers of Parquet give them, become the table's.
  write(session, rows, {.table_uri = uri});
  write(session, rows.select({"n"}), {.table_uri = uri});
  merge(session, rows.with_column("n", lit(2)),
        merge_of(false).when_not_matched_insert({{"n", "source.n"}, {"v", "source.v"}}));
  EXPECT_EQ(read().filter(col("v").is_not_null()).count(), 2U);
  const Error error = error_of(
      [&] { write(session, session.sql("SELECT 1 AS n, 'text' AS v"), {.table_uri = uri}); });
  EXPECT_EQ(error.code(), ErrorCode::SchemaMismatch);
  EXPECT_EQ(error.details().at("column"), "v");
}

TEST_F(DeltaTest, RefusesRequestsThatContradictThemselves) {
  const auto code = [&](WriteRequest request) {
    return error_of([&] { write(session, numbers(0, 1), request); }).code();
  };
  EXPECT_EQ(code({.table_uri = ""}), ErrorCode::InvalidArgument);
  EXPECT_EQ(code({.table_uri = uri, .replace_where = "n > 1"}), ErrorCode::InvalidArgument);
  EXPECT_EQ(code({.table_uri = uri, .schema_mode = SchemaMode::Overwrite}),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(code({.table_uri = uri, .commit = {.mutation = MutationPolicy{.max_attempts = 0}}}),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(code({.table_uri = uri, .commit = {.transaction = {{.app_id = ""}}}}),
            ErrorCode::InvalidArgument);
}

TEST_F(DeltaTest, AppliesATransactionOnce) {
  const WriteRequest request{.table_uri = uri,
                             .commit = {.transaction = {{.app_id = "job", .version = 5}}}};
  EXPECT_FALSE(write(session, numbers(0, 1), request).already_committed);
  const CommitReport again = write(session, numbers(0, 1), request);
  EXPECT_TRUE(again.already_committed);
  EXPECT_EQ(again.version, 0);
  WriteRequest older = request;
  older.commit.transaction->version = 4;
  EXPECT_TRUE(write(session, numbers(0, 1), older).already_committed);
  WriteRequest newer = request;
  newer.commit.transaction->version = 6;
  EXPECT_FALSE(write(session, numbers(1, 2), newer).already_committed);
  EXPECT_THAT(ns(), ElementsAre("0", "1"));
}

TEST_F(DeltaTest, NeverLosesAnUpdateToAStaleFrame) {
  append(0, 2);
  const DataFrame stale = read().with_column("n", col("n") + lit(std::int64_t{10}));
  append(2, 3);
  const Error error =
      error_of([&] { write(session, stale, {.table_uri = uri, .mode = SaveMode::Overwrite}); });
  EXPECT_EQ(error.code(), ErrorCode::CommitConflict);
  EXPECT_THAT(error.message(), HasSubstr("callable"));
  EXPECT_THAT(ns(), ElementsAre("0", "1", "2")) << "nothing was written";
  const CommitReport report = write(
      session,
      [&](const Session&) { return read().with_column("n", col("n") + lit(std::int64_t{10})); },
      {.table_uri = uri, .mode = SaveMode::Overwrite});
  EXPECT_EQ(report.version, 2);
  EXPECT_THAT(ns(), ElementsAre("10", "11", "12"));
}

TEST_F(DeltaTest, PlansACallableAgainAfterAConflict) {
  append(0, 1);
  int calls = 0;
  const CommitReport report =
      write(session,
            [&](const Session&) {
              // Another writer comes between the refresh and the commit of the first attempt.
              if (++calls == 1) append(1, 2);
              return read().with_column("n", col("n") + lit(std::int64_t{10}));
            },
            {.table_uri = uri, .mode = SaveMode::Overwrite});
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(report.attempts, 2);
  EXPECT_THAT(ns(), ElementsAre("10", "11"));
}

TEST_F(DeltaTest, GivesUpAfterTheLastAttempt) {
  append(0, 1);
  const Error error = error_of([&] {
    write(session,
          [&](const Session&) {
            append(1, 2);
            return numbers(5, 6);
          },
          {.table_uri = uri,
           .mode = SaveMode::Overwrite,
           .commit = {.mutation = MutationPolicy{.max_attempts = 2}}});
  });
  EXPECT_EQ(error.code(), ErrorCode::CommitConflict);
  EXPECT_TRUE(error.retryable());
  EXPECT_THAT(ns(), ElementsAre("0", "1", "1"));
}

TEST_F(DeltaTest, HoldsTheGate) {
  append(0, 1);
  const auto open = [&](FeatureGate gate) {
    (void)provider_from_session(session, {.table_uri = uri, .gate = std::move(gate)});
  };
  open({.max_reader_version = 3, .max_writer_version = 7});
  EXPECT_EQ(error_of([&] { open({.max_reader_version = 0}); }).code(), ErrorCode::Unsupported);
  EXPECT_EQ(error_of([&] { open({.required_features = {"deletionVectors"}}); }).code(),
            ErrorCode::Unsupported);
}

TEST_F(DeltaTest, ReportsWhatIsNoTable) {
  EXPECT_EQ(error_of([&] { (void)provider_from_session(session, {.table_uri = uri}); }).code(),
            ErrorCode::NotFound);
  EXPECT_EQ(error_of([&] { (void)delta::snapshot(session, {.table_uri = uri}); }).code(),
            ErrorCode::NotFound);
}

TEST_F(DeltaTest, StopsWhenItIsTold) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(error_of([&] {
              write(session, numbers(0, 1), {.table_uri = uri}, {.stop = stop.get_token()});
            }).code(),
            ErrorCode::Cancelled);
  EXPECT_FALSE(is_table(session, uri));
}

}  // namespace
}  // namespace alluvium::delta
