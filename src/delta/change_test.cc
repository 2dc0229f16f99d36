// What each change of a table does to its rows and its log.

#include <gmock/gmock.h>

#include <fstream>
#include <map>

#include "alluvium/delta/alter.h"
#include "alluvium/delta/cdf.h"
#include "alluvium/delta/create.h"
#include "alluvium/delta/inspect.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/delta/merge.h"
#include "alluvium/delta/update.h"
#include "delta/table_testing.h"

namespace alluvium::delta {
namespace {

using alluvium::testing::Rows;
using alluvium::testing::rows_of;
using alluvium::testing::values_of;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class ChangeTest : public testing::TableTest {
 protected:
  Rows rows() { return rows_of(read().select({"n", "s"}).sort({col("n").asc()})); }
};

TEST_F(ChangeTest, MergeAppliesItsClauses) {
  append(0, 4);
  const DataFrame source = session.sql(
      "SELECT * FROM (VALUES (1, 'one'), (2, 'gone'), (9, 'new'), (8, 'unwanted')) AS t(n, s)");
  const CommitReport report =
      merge(session, source,
            Merge{.table_uri = uri, .on = "target.n = source.n"}
                .when_matched_delete("source.s = 'gone'")
                .when_matched_update({{"s", "source.s"}})
                .when_not_matched_insert({{"n", "source.n"}, {"s", "upper(source.s)"}},
                                         "source.s <> 'unwanted'")
                .when_not_matched_by_source_update({{"s", "'alone'"}}, "target.n = 0"));
  EXPECT_EQ(report.version, 1);
  EXPECT_EQ(report.operation, "MERGE");
  EXPECT_EQ(report.metrics.at("num_target_rows_inserted"), "1");
  EXPECT_EQ(report.metrics.at("num_target_rows_deleted"), "1");
  EXPECT_EQ(rows(), (Rows{{"0", "alone"}, {"1", "one"}, {"3", "3"}, {"9", "NEW"}}));
}

TEST_F(ChangeTest, MergeTakesExpressionsToo) {
  append(0, 2);
  merge(session, numbers(1, 3),
        Merge{.table_uri = uri,
              .on = col("t", "n") == col("s", "n"),
              .source_alias = "s",
              .target_alias = "t"}
            .when_matched_update({{"s", lit("seen")}})
            .when_not_matched_insert({{"n", col("s", "n")}, {"s", col("s", "s")}}));
  EXPECT_EQ(rows(), (Rows{{"0", "0"}, {"1", "seen"}, {"2", "2"}}));
}

TEST_F(ChangeTest, MergeAddsColumns) {
  append(0, 1);
  merge(session, numbers(1, 2).with_column("extra", lit(true)),
        Merge{.table_uri = uri, .on = "target.n = source.n", .merge_schema = true}
            .when_not_matched_insert(
                {{"n", "source.n"}, {"s", "source.s"}, {"extra", "source.extra"}}));
  EXPECT_EQ(rows_of(read().sort({col("n").asc()})), (Rows{{"0", "0", "NULL"}, {"1", "1", "true"}}));
}

TEST_F(ChangeTest, MergeOfSeveralRowsIntoOneIsRefused) {
  append(0, 1);
  const Error error = error_of([&] {
    merge(session, numbers(0, 1).union_all(numbers(0, 1)),
          Merge{.table_uri = uri, .on = "target.n = source.n"}.when_matched_update(
              {{"s", "source.s"}}));
  });
  EXPECT_NE(error.code(), ErrorCode::Internal) << error.message();
  EXPECT_EQ(rows(), (Rows{{"0", "0"}}));
}

TEST_F(ChangeTest, MergeRefusesWhatMeansNothing) {
  append(0, 1);
  EXPECT_EQ(
      error_of([&] { merge(session, numbers(0, 1), {.table_uri = uri, .on = "true"}); }).code(),
      ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] {
              merge(session, numbers(0, 1),
                    Merge{.table_uri = uri, .on = "true"}.when_matched_update({}));
            }).code(),
            ErrorCode::InvalidArgument);
}

TEST_F(ChangeTest, UnsignedNumbersAreStoredWithoutLossOrRefused) {
  write(session,
        session.sql("SELECT arrow_cast(255, 'UInt8') AS a, arrow_cast(4294967295, 'UInt32') AS b, "
                    "[arrow_cast(65535, 'UInt16')] AS c, arrow_cast(7, 'UInt64') AS d"),
        {.table_uri = uri});
  EXPECT_EQ(rows_of(read().select({"a", "b", "d"})), (Rows{{"255", "4294967295", "7"}}));
  EXPECT_EQ(read().select({"c"}).collect().at(0).column(0).child(0).int64(0), 65535);
  EXPECT_EQ(
      error_of([&] {
        write(
            session, session.sql("SELECT arrow_cast(18446744073709551615, 'UInt64') AS d"),
            {.table_uri = uri, .mode = SaveMode::Overwrite, .schema_mode = SchemaMode::Overwrite});
      })
          .details()
          .at("column"),
      "d");
  EXPECT_EQ(read().count(), 1U);
}

TEST_F(ChangeTest, MergeNamesAColumnThatIsNotThere) {
  append(0, 1);
  const Error error = error_of([&] {
    merge(session, numbers(0, 1),
          Merge{.table_uri = uri, .on = "target.n = source.n"}.when_matched_update(
              {{"nobody", "source.s"}}));
  });
  EXPECT_EQ(error.code(), ErrorCode::InvalidQuery);
  EXPECT_THAT(error.message(), HasSubstr("nobody"));
}

TEST_F(ChangeTest, UpdateChangesTheRowsOfItsPredicate) {
  append(0, 3);
  const CommitReport report =
      update(session, {.table_uri = uri, .where = "n >= 1", .set = {{"s", "concat(s, '!')"}}});
  EXPECT_EQ(report.metrics.at("num_updated_rows"), "2");
  EXPECT_EQ(rows(), (Rows{{"0", "0"}, {"1", "1!"}, {"2", "2!"}}));
  update(session, {.table_uri = uri, .set = {{"s", lit("all")}}});
  EXPECT_EQ(rows(), (Rows{{"0", "all"}, {"1", "all"}, {"2", "all"}}));
}

TEST_F(ChangeTest, NothingToChangeIsNoCommit) {
  append(0, 3);
  const CommitReport updated =
      update(session, {.table_uri = uri, .where = "n > 100", .set = {{"s", lit("x")}}});
  EXPECT_FALSE(updated.committed);
  EXPECT_EQ(updated.version, 0);
  const CommitReport deleted = delete_rows(session, {.table_uri = uri, .where = "n > 100"});
  EXPECT_FALSE(deleted.committed);
  EXPECT_EQ(history(session, {.table_uri = uri}).size(), 1U);
}

TEST_F(ChangeTest, DeleteTakesRowsAway) {
  append(0, 4);
  delete_rows(session, {.table_uri = uri, .where = col("n") < lit(2)});
  EXPECT_THAT(ns(), ElementsAre("2", "3"));
  delete_rows(session, {.table_uri = uri});
  EXPECT_THAT(ns(), IsEmpty());
}

TEST_F(ChangeTest, AnUnknownColumnIsNamed) {
  append(0, 1);
  for (const Error& error :
       {error_of([&] { delete_rows(session, {.table_uri = uri, .where = "nobody = 1"}); }),
        error_of([&] { update(session, {.table_uri = uri, .set = {{"nobody", lit(1)}}}); })}) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidQuery) << error.message();
    EXPECT_THAT(error.message(), HasSubstr("nobody"));
  }
}

TEST_F(ChangeTest, ChangesOfNoTableAreNotFound) {
  EXPECT_EQ(error_of([&] { delete_rows(session, {.table_uri = uri}); }).code(),
            ErrorCode::NotFound);
  EXPECT_EQ(error_of([&] { optimize(session, {.table_uri = uri}); }).code(), ErrorCode::NotFound);
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_F(ChangeTest, OptimizeKeepsTheRows) {
  for (int i = 0; i < 4; ++i) append(i * 10, i * 10 + 10);
  const CommitReport report = optimize(session, {.table_uri = uri, .verify_rows = true});
  EXPECT_TRUE(report.committed);
  EXPECT_EQ(report.version, 4);
  EXPECT_EQ(files(session, {.table_uri = uri}).count(), 1U);
  EXPECT_EQ(read().count(), 40U);
  EXPECT_FALSE(optimize(session, {.table_uri = uri}).committed) << "there is nothing left to do";
  append(40, 50);
  EXPECT_TRUE(
      optimize(session, {.table_uri = uri, .z_order = {"n"}, .verify_rows = true}).committed);
  EXPECT_EQ(read().count(), 50U);
}

TEST_F(ChangeTest, OptimizeTakesPartitionFilters) {
  for (int i = 0; i < 3; ++i) {
    write(session,
          numbers(i, i + 1)
              .with_column("p", lit("a"))
              .union_all(numbers(i, i + 1).with_column("p", lit("b"))),
          {.table_uri = uri, .partition_by = {"p"}});
  }
  optimize(session, {.table_uri = uri, .filters = {{"p", "=", {"a"}}}});
  EXPECT_EQ(files(session, {.table_uri = uri}).count(), 4U);
  EXPECT_EQ(error_of([&] {
              optimize(session, {.table_uri = uri, .filters = {{"n", "=", {"1"}}}});
            }).code(),
            ErrorCode::InvalidArgument);
  EXPECT_NE(error_of([&] {
              optimize(session, {.table_uri = uri, .filters = {{"p", "like", {"a"}}}});
            }).code(),
            ErrorCode::Internal);
}

TEST_F(ChangeTest, VacuumDeletesWhatNoVersionNeeds) {
  append(0, 2);
  write(session, numbers(2, 3), {.table_uri = uri, .mode = SaveMode::Overwrite});
  EXPECT_THAT(vacuum(session, {.table_uri = uri}).files, IsEmpty()) << "retention holds";
  EXPECT_EQ(error_of([&] { vacuum(session, {.table_uri = uri, .retention_hours = 0}); }).code(),
            ErrorCode::InvalidArgument);
  const VacuumRequest dry{.table_uri = uri, .retention_hours = 0, .enforce_retention = false};
  const CommitReport planned = vacuum(session, dry);
  EXPECT_FALSE(planned.files.empty());
  EXPECT_FALSE(planned.committed);
  EXPECT_THAT(ns(0), ElementsAre("0", "1")) << "a dry run deletes nothing";
  VacuumRequest real = dry;
  real.dry_run = false;
  EXPECT_EQ(vacuum(session, real).files, planned.files);
  EXPECT_THAT(ns(), ElementsAre("2"));
  EXPECT_NE(error_of([&] { (void)ns(0); }).code(), ErrorCode::Internal);
}

TEST_F(ChangeTest, RestoreBringsAVersionBack) {
  append(0, 2);
  write(session, numbers(5, 6), {.table_uri = uri, .mode = SaveMode::Overwrite});
  const CommitReport report = restore(session, {.table_uri = uri, .version = 0});
  EXPECT_EQ(report.version, 2);
  EXPECT_THAT(ns(), ElementsAre("0", "1"));
  EXPECT_EQ(error_of([&] { restore(session, {.table_uri = uri}); }).code(),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(error_of([&] { restore(session, {.table_uri = uri, .version = 77}); }).code(),
            ErrorCode::NotFound);
}

TEST_F(ChangeTest, ARestorePastATransactionUndoesIt) {
  append(0, 1);
  const WriteRequest request{.table_uri = uri,
                             .commit = {.transaction = {{.app_id = "job", .version = 1}}}};
  EXPECT_EQ(write(session, numbers(1, 2), request).version, 1);
  append(2, 3);
  const CommitReport again = write(session, numbers(1, 2), request);
  EXPECT_TRUE(again.already_committed);
  EXPECT_EQ(again.version, 1) << "the version that applied it";
  restore(session, {.table_uri = uri, .version = 0});
  EXPECT_FALSE(write(session, numbers(1, 2), request).already_committed);
  EXPECT_THAT(ns(), ElementsAre("0", "1"));
  restore(session, {.table_uri = uri, .version = 2});
  EXPECT_TRUE(write(session, numbers(1, 2), request).already_committed)
      << "version 2 has it, and is current again";
  EXPECT_THAT(ns(), ElementsAre("0", "1", "2"));
}

TEST_F(ChangeTest, ConstraintsHoldForEveryChange) {
  append(0, 3);
  add_constraints(session, {.table_uri = uri}, {{"small", "n < 100"}});
  EXPECT_EQ(error_of([&] { append(500, 501); }).code(), ErrorCode::ConstraintViolation);
  EXPECT_EQ(
      error_of([&] { update(session, {.table_uri = uri, .set = {{"n", "n + 1000"}}}); }).code(),
      ErrorCode::ConstraintViolation);
  EXPECT_EQ(error_of([&] {
              merge(session, numbers(500, 501),
                    Merge{.table_uri = uri, .on = "target.n = source.n"}.when_not_matched_insert(
                        {{"n", "source.n"}, {"s", "source.s"}}));
            }).code(),
            ErrorCode::ConstraintViolation);
  EXPECT_EQ(
      error_of([&] { add_constraints(session, {.table_uri = uri}, {{"wrong", "n > 1"}}); }).code(),
      ErrorCode::ConstraintViolation);
  EXPECT_THAT(ns(), ElementsAre("0", "1", "2"));
  drop_constraint(session, {.table_uri = uri}, "small");
  append(500, 501);
  EXPECT_NE(error_of([&] { drop_constraint(session, {.table_uri = uri}, "small"); }).code(),
            ErrorCode::Internal);
}

TEST_F(ChangeTest, AConstraintThatDoesNotParseIsRefused) {
  append(0, 1);
  const Error error =
      error_of([&] { add_constraints(session, {.table_uri = uri}, {{"odd", "n >< 1"}}); });
  EXPECT_EQ(error.code(), ErrorCode::InvalidQuery) << error.message();
}

TEST_F(ChangeTest, ColumnsPropertiesAndMetadataChange) {
  create(session, {.table_uri = uri,
                   .schema = {.fields = {{.name = "n", .type = int64(), .nullable = false}}}});
  add_columns(session, {.table_uri = uri}, {.fields = {{.name = "more", .type = list(utf8())}}});
  drop_not_null(session, {.table_uri = uri}, "n");
  set_properties(session, {.table_uri = uri}, {{"delta.checkpointInterval", "7"}});
  set_field_metadata(session, {.table_uri = uri}, "n", {{"comment", "a number"}});
  set_table_metadata(session, {.table_uri = uri}, {.name = "t", .description = "d"});
  add_features(session, {.table_uri = uri},
               {.features = {"changeDataFeed"}, .raise_protocol = true});
  const Snapshot table = snapshot(session, {.table_uri = uri});
  EXPECT_EQ(table.schema.fields.size(), 2U);
  EXPECT_TRUE(table.schema.fields[0].nullable);
  EXPECT_EQ(table.schema.fields[0].metadata.at("comment"), "a number");
  EXPECT_EQ(table.configuration.at("delta.checkpointInterval"), "7");
  EXPECT_EQ(table.name, "t");
  EXPECT_EQ(table.description, "d");
  EXPECT_THAT(table.writer_features, Contains("changeDataFeed"));
  const std::map<std::string, std::string> wrong = {{"delta.appendOnly", "maybe"},
                                                    {"delta.checkpointInterval", "0"},
                                                    {"delta.logRetentionDuration", "a while"}};
  for (const auto& property : wrong) {
    const Error error = error_of([&] { set_properties(session, {.table_uri = uri}, {property}); });
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    EXPECT_THAT(error.message(), HasSubstr(property.first));
  }
  EXPECT_EQ(error_of([&] {
              add_features(session, {.table_uri = uri}, {.features = {"timeTravelToMars"}});
            }).code(),
            ErrorCode::Unsupported);
}

TEST_F(ChangeTest, FeaturesKeepWhatTheVersionsStoodFor) {
  const auto features = [&](const std::map<std::string, std::string>& configuration,
                            const std::string& added) {
    std::filesystem::remove_all(folder);
    write(session, numbers(0, 1), {.table_uri = uri, .configuration = configuration});
    add_features(session, {.table_uri = uri}, {.features = {added}, .raise_protocol = true});
    append(1, 2);
    EXPECT_THAT(ns(), ElementsAre("0", "1"));
    return snapshot(session, {.table_uri = uri});
  };
  EXPECT_THAT(features({}, "deletionVectors").writer_features,
              UnorderedElementsAre("deletionVectors", "appendOnly", "invariants"));
  EXPECT_THAT(features({{"delta.enableChangeDataFeed", "true"}}, "appendOnly").writer_features,
              UnorderedElementsAre("appendOnly", "invariants", "checkConstraints", "changeDataFeed",
                                   "generatedColumns"));
  const Snapshot mapped = features({{"delta.columnMapping.mode", "name"}}, "appendOnly");
  EXPECT_THAT(mapped.writer_features, Contains("columnMapping"));
  EXPECT_THAT(mapped.reader_features, ElementsAre("columnMapping"));
  add_features(session, {.table_uri = uri},
               {.features = {"deletionVectors"}, .raise_protocol = true});
  EXPECT_THAT(snapshot(session, {.table_uri = uri}).reader_features,
              UnorderedElementsAre("columnMapping", "deletionVectors"));
}

TEST_F(ChangeTest, APropertyLosesNoFeatureThatIsUsed) {
  write(session, numbers(0, 1),
        {.table_uri = uri, .configuration = {{"delta.columnMapping.mode", "name"}}});
  const std::map<std::string, std::string> property{{"delta.enableDeletionVectors", "true"}};
  const Error error = error_of([&] { set_properties(session, {.table_uri = uri}, property); });
  EXPECT_EQ(error.code(), ErrorCode::Unsupported);
  EXPECT_THAT(error.message(), HasSubstr("columnMapping"));
  add_features(session, {.table_uri = uri},
               {.features = {"deletionVectors"}, .raise_protocol = true});
  set_properties(session, {.table_uri = uri}, property);
  EXPECT_THAT(snapshot(session, {.table_uri = uri}).reader_features, Contains("columnMapping"));
}

TEST_F(ChangeTest, PropertiesThatNeedAFeatureAreRefusedWithoutIt) {
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"delta.checkpointPolicy", "v2"},
                                          {"delta.enableIcebergCompatV1", "true"},
                                          {"delta.enableIcebergCompatV2", "TRUE"},
                                          {"delta.enableInCommitTimestamps", "true"},
                                          {"delta.enableRowTracking", "true"},
                                          {"delta.enableTypeWidening", "true"},
                                          {"delta.enableVariantShredding", "true"},
                                          {"delta.feature.clustering", "supported"},
                                          {"delta.universalFormat.enabledFormats", "iceberg"}}) {
    SCOPED_TRACE(name);
    std::filesystem::remove_all(folder);
    const auto expect = [&, &name = name](const auto& action) {
      const Error error = error_of(action);
      EXPECT_EQ(error.code(), ErrorCode::Unsupported);
      EXPECT_EQ(error.details().at("property"), name);
    };
    const std::map<std::string, std::string> property{{name, value}};
    expect([&] {
      create(session,
             {.table_uri = uri, .schema = numbers(0, 1).schema(), .configuration = property});
    });
    expect([&] { write(session, numbers(0, 1), {.table_uri = uri, .configuration = property}); });
    EXPECT_FALSE(std::filesystem::exists(folder));
    append(0, 1);
    expect([&] { set_properties(session, {.table_uri = uri}, property); });
    EXPECT_EQ(snapshot(session, {.table_uri = uri}).version, 0);
  }
  set_properties(session, {.table_uri = uri}, {{"delta.enableRowTracking", "false"}});
  add_features(session, {.table_uri = uri}, {.features = {"v2Checkpoint"}, .raise_protocol = true});
  set_properties(session, {.table_uri = uri}, {{"delta.checkpointPolicy", "v2"}});
}

TEST_F(ChangeTest, AnAppendOnlyTableGetsNoFilesOfAChangeThatItRefuses) {
  write(session, numbers(0, 2),
        {.table_uri = uri, .configuration = {{"delta.appendOnly", "true"}}});
  const auto written = [&] {
    return std::distance(std::filesystem::directory_iterator(folder), {});
  };
  const auto before = written();
  const auto expect = [&](const auto& action) {
    const Error error = error_of(action);
    EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation);
    EXPECT_THAT(error.message(), HasSubstr("delta.appendOnly"));
    EXPECT_EQ(written(), before);
  };
  const auto merge_of = [&] { return Merge{.table_uri = uri, .on = "target.n = source.n"}; };
  expect([&] { merge(session, numbers(0, 1), merge_of().when_matched_update({{"s", "'x'"}})); });
  expect([&] { merge(session, numbers(0, 1), merge_of().when_matched_delete()); });
  expect([&] { update(session, {.table_uri = uri, .set = {{"s", "'x'"}}}); });
  expect([&] { delete_rows(session, {.table_uri = uri}); });
  expect([&] { write(session, numbers(0, 1), {.table_uri = uri, .mode = SaveMode::Overwrite}); });
  merge(session, numbers(1, 3),
        merge_of().when_not_matched_insert({{"n", "source.n"}, {"s", "source.s"}}));
  EXPECT_THAT(ns(), ElementsAre("0", "1", "2"));
  optimize(session, {.table_uri = uri});
  restore(session, {.table_uri = uri, .version = 0});
  EXPECT_THAT(ns(), ElementsAre("0", "1"));
  set_properties(session, {.table_uri = uri}, {{"delta.appendOnly", "false"}});
  delete_rows(session, {.table_uri = uri, .where = "n = 0"});
}

TEST_F(ChangeTest, GeneratedColumnsFollow) {
  const auto made = [](const char* name, DataType type, const char* expression) {
    return Field{.name = name,
                 .type = std::move(type),
                 .metadata = {{"delta.generationExpression", expression}}};
  };
  create(session, {.table_uri = uri,
                   .schema = {.fields = {{.name = "n", .type = int64()},
                                         {.name = "s", .type = utf8()},
                                         made("twice", int64(), "n * 2"),
                                         made("long", int32(), "CAST(length(s) AS INT)")}}});
  const auto all = [&] { return rows_of(read().sort({col("n").asc()})); };
  append(1, 3);
  EXPECT_EQ(all(), (Rows{{"1", "1", "2", "1"}, {"2", "2", "4", "1"}}));
  update(session, {.table_uri = uri, .where = "n = 2", .set = {{"n", "n + 10"}}});
  update(session, {.table_uri = uri, .where = "n = 1", .set = {{"s", lit("one")}}});
  EXPECT_EQ(all(), (Rows{{"1", "one", "2", "3"}, {"12", "2", "24", "1"}}));
  update(session, {.table_uri = uri, .where = "n = 1", .set = {{"n", "3"}, {"twice", "6"}}});
  EXPECT_EQ(error_of([&] {
              update(session, {.table_uri = uri, .set = {{"n", "3"}, {"twice", "7"}}});
            }).code(),
            ErrorCode::ConstraintViolation);
  merge(session, numbers(3, 5),
        Merge{.table_uri = uri, .on = "target.n = source.n"}
            .when_matched_update({{"n", "source.n + 100"}, {"s", "concat(source.s, target.s)"}})
            .when_not_matched_insert({{"n", "source.n"}, {"s", "source.s"}})
            .when_not_matched_by_source_update({{"s", lit("alone")}}));
  EXPECT_EQ(all(),
            (Rows{{"4", "4", "8", "1"}, {"12", "alone", "24", "5"}, {"103", "3one", "206", "4"}}));
}

TEST_F(ChangeTest, HistoryTellsTheCommits) {
  append(0, 1);
  write(session, numbers(1, 2), {.table_uri = uri, .commit = {.metadata = {{"why", "because"}}}});
  const auto commits = history(session, {.table_uri = uri});
  ASSERT_EQ(commits.size(), 2U);
  EXPECT_EQ(commits[0].version, 1);
  EXPECT_EQ(commits[0].operation, "WRITE");
  EXPECT_EQ(commits[0].metadata.at("why"), "because");
  EXPECT_GT(commits[0].timestamp, 0);
  EXPECT_EQ(history(session, {.table_uri = uri}, 1).size(), 1U);
}

TEST_F(ChangeTest, ReadsOnlyTheFilesThatAreNamed) {
  append(0, 1);
  append(1, 2);
  const auto paths = values_of(files(session, {.table_uri = uri}).select({"path"}));
  ASSERT_EQ(paths.size(), 2U);
  const DataFrame one = session.read(
      provider_from_session(session, {.table_uri = uri, .files = {{paths[0]}}}).provider);
  EXPECT_EQ(one.count(), 1U);
}

TEST_F(ChangeTest, TheChangeFeedTellsWhatChanged) {
  write(session, numbers(0, 2),
        {.table_uri = uri, .configuration = {{"delta.enableChangeDataFeed", "true"}}});
  update(session, {.table_uri = uri, .where = "n = 1", .set = {{"s", lit("x")}}});
  delete_rows(session, {.table_uri = uri, .where = "n = 0"});
  const auto feed = [&](CdfOptions options) {
    return rows_of(
        session.read(cdf_provider(session, {.table_uri = uri, .options = options}).provider)
            .select({"_commit_version", "_change_type", "n", "s"})
            .sort({col("_commit_version").asc(), col("_change_type").asc(), col("n").asc()}));
  };
  EXPECT_EQ(feed({.starting_version = 1}), (Rows{{"1", "update_postimage", "1", "x"},
                                                 {"1", "update_preimage", "1", "1"},
                                                 {"2", "delete", "0", "0"}}));
  EXPECT_EQ(feed({.starting_version = 0, .ending_version = 0}),
            (Rows{{"0", "insert", "0", "0"}, {"0", "insert", "1", "1"}}));
  EXPECT_NE(error_of([&] { (void)feed({.starting_version = 9}); }).code(), ErrorCode::Internal);
  EXPECT_EQ(feed({.starting_version = 9, .allow_out_of_range = true}), Rows{});
  const CdfOptions some{.starting_version = 1,
                        .columns = {"_change_type", "n"},
                        .predicate = col("_commit_version") == lit(2)};
  EXPECT_EQ(
      rows_of(session.read(cdf_provider(session, {.table_uri = uri, .options = some}).provider)),
      (Rows{{"delete", "0"}}));
}

TEST_F(ChangeTest, ConvertsParquetInPlace) {
  numbers(0, 3).write_parquet(folder / "p=1");
  numbers(3, 5).write_parquet(folder / "p=2");
  convert_to_delta(session, {.table_uri = uri,
                             .partition_schema = {.fields = {{.name = "p", .type = int32()}}}});
  EXPECT_EQ(values_of(read().filter(col("p") == lit(2)).select({"n"}).sort({col("n").asc()})),
            (std::vector<std::string>{"3", "4"}));
  EXPECT_EQ(error_of([&] { convert_to_delta(session, {.table_uri = uri}); }).code(),
            ErrorCode::AlreadyExists);
}

TEST_F(ChangeTest, CheckpointsAndCleansTheLog) {
  append(0, 1);
  checkpoint(session, {.table_uri = uri});
  EXPECT_TRUE(std::filesystem::exists(folder / "_delta_log" / "_last_checkpoint"));
  EXPECT_EQ(clean_log(session, {.table_uri = uri}).metrics.at("num_log_files_removed"), "0");
}

TEST_F(ChangeTest, TheFileCheckFindsWhatIsMissing) {
  append(0, 1);
  append(1, 2);
  const auto paths = values_of(files(session, {.table_uri = uri}).select({"path"}));
  std::filesystem::remove(folder / paths[0]);
  EXPECT_THAT(check_files(session, {.table_uri = uri}).files, ElementsAre(paths[0]));
  EXPECT_TRUE(check_files(session, {.table_uri = uri, .dry_run = false}).committed);
  EXPECT_EQ(read().count(), 1U);
}

TEST_F(ChangeTest, WritesArrowIpc) {
  EXPECT_EQ(error_of([&] {
              const std::string none = "not arrow";
              write_ipc(session, std::as_bytes(std::span(none)), {.table_uri = uri});
            }).code(),
            ErrorCode::InvalidArgument);
}

TEST_F(ChangeTest, WriterPolicyReachesTheFiles) {
  write(session, numbers(0, 10),
        {.table_uri = uri,
         .writer = {
             .compression = "zstd", .bloom_filter_columns = {"n"}, .dictionary = {{"s", false}}}});
  EXPECT_THAT(values_of(files(session, {.table_uri = uri}).select({"path"})),
              ElementsAre(HasSubstr("zstd")));
  EXPECT_EQ(error_of([&] {
              write(session, numbers(0, 1), {.table_uri = uri, .writer = {.compression = "rar"}});
            }).code(),
            ErrorCode::InvalidArgument);
}

TEST_F(ChangeTest, AnotherWritersUnsoundCommitIsCorruption) {
  append(0, 2);
  append(2, 4);
  // Another writer overwrites, then a third one that did not see it removes the same files again.
  const std::string path = values_of(files(session, {.table_uri = uri}).select({"path"})).at(0);
  const auto commit = [&](int version, const std::string& action) {
    std::ofstream(folder / "_delta_log" /
                  ("0000000000000000000" + std::to_string(version) + ".json"))
        << action << '\n';
  };
  const std::string remove =
      R"({"remove":{"path":")" + path + R"(","deletionTimestamp":1,"dataChange":true}})";
  commit(2, remove);
  EXPECT_NO_THROW(verify_log(session, {.table_uri = uri}));
  commit(3, remove);
  const Error error = error_of([&] { append(4, 5); });
  EXPECT_EQ(error.code(), ErrorCode::Corruption);
  EXPECT_EQ(error.details().at("restore_version"), "2");
  EXPECT_EQ(error_of([&] { verify_log(session, {.table_uri = uri}); }).code(),
            ErrorCode::Corruption);
  restore(session, {.table_uri = uri, .version = 2});
  append(4, 5);
  EXPECT_EQ(read().count(), 3U);
}

}  // namespace
}  // namespace alluvium::delta
