// What a profile's policies do to changes of tables, and what a call says over them.

#include <gmock/gmock.h>

#include <algorithm>

#include "alluvium/delta/create.h"
#include "alluvium/delta/inspect.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/delta/update.h"
#include "delta/table_testing.h"

namespace alluvium::delta {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PolicyTest : public testing::TableTest {
 protected:
  void reopen(const Policies& policies) {
    RuntimeProfile profile = RuntimeProfile::trusted();
    profile.delta_policies = policies;
    session = profile.open_session();
  }
  [[nodiscard]] std::vector<std::string> operations() const {
    std::vector<std::string> operations;
    for (const HistoryEntry& entry : history(session, {.table_uri = uri})) {
      operations.push_back(entry.operation);
    }
    std::reverse(operations.begin(), operations.end());
    return operations;
  }
  [[nodiscard]] bool has_checkpoint() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder / "_delta_log")) {
      if (entry.path().string().find(".checkpoint") != std::string::npos) return true;
    }
    return false;
  }
};

TEST_F(PolicyTest, AppendOnlyRefusesWhatTakesRowsAway) {
  reopen({.mutation = {.append_only = true}});
  append(0, 3);
  append(3, 5);
  const auto code = [](const auto& action) { return error_of(action).code(); };
  EXPECT_EQ(code([&] { delete_rows(session, {.table_uri = uri}); }), ErrorCode::PolicyViolation);
  EXPECT_EQ(
      code([&] { update(session, {.table_uri = uri, .set = {{.column = "n", .value = "1"}}}); }),
      ErrorCode::PolicyViolation);
  EXPECT_EQ(
      code([&] { write(session, numbers(0, 1), {.table_uri = uri, .mode = SaveMode::Overwrite}); }),
      ErrorCode::PolicyViolation);
  EXPECT_EQ(code([&] { restore(session, {.table_uri = uri, .version = 0}); }),
            ErrorCode::PolicyViolation);
  optimize(session, {.table_uri = uri});
  EXPECT_THAT(ns(), SizeIs(5));
  delete_rows(session, {.table_uri = uri, .commit = {.mutation = MutationPolicy{}}});
  EXPECT_THAT(ns(), IsEmpty());
}

TEST_F(PolicyTest, ALakesTableIsItsRunsToChange) {
  create(session, {.table_uri = uri,
                   .schema = numbers(0, 1).schema(),
                   .configuration = {{"alluvium.managed", "true"}}});
  const Error error = error_of([&] { append(0, 1); });
  EXPECT_EQ(error.code(), ErrorCode::PolicyViolation);
  EXPECT_THAT(error.message(), HasSubstr("lake"));
  EXPECT_EQ(error_of([&] { optimize(session, {.table_uri = uri}); }).code(),
            ErrorCode::PolicyViolation);
  vacuum(session, {.table_uri = uri, .dry_run = true});
  write(session, numbers(0, 1),
        {.table_uri = uri, .commit = {.mutation = MutationPolicy{.allow_managed_tables = true}}});
  EXPECT_THAT(ns(), ElementsAre("0"));
}

TEST_F(PolicyTest, MaintenanceFollowsCommits) {
  reopen({.maintenance = {.checkpoint_after_commits = 3, .compact_after_small_files = 3}});
  append(0, 1);
  append(1, 2);
  EXPECT_FALSE(has_checkpoint());
  const CommitReport third = append(2, 3);
  ASSERT_THAT(third.maintenance, SizeIs(2));
  EXPECT_EQ(third.maintenance.front().operation, "optimize");
  EXPECT_EQ(third.maintenance.front().version, 3);
  EXPECT_EQ(third.version, 2);
  EXPECT_THAT(ns(), ElementsAre("0", "1", "2"));
  EXPECT_EQ(third.maintenance.back().operation, "checkpoint");
  EXPECT_TRUE(has_checkpoint());
  append(3, 4);
  append(4, 5);
  EXPECT_THAT(operations(),
              ElementsAre("WRITE", "WRITE", "WRITE", "OPTIMIZE", "WRITE", "WRITE", "OPTIMIZE"));
  const CommitReport quiet = write(
      session, numbers(5, 6), {.table_uri = uri, .commit = {.maintenance = MaintenancePolicy{}}});
  EXPECT_THAT(quiet.maintenance, IsEmpty());
}

TEST_F(PolicyTest, SchemaPolicyLetsTablesGrow) {
  append(0, 1);
  const DataFrame wider = numbers(1, 2).with_column("extra", lit(true));
  EXPECT_EQ(error_of([&] { write(session, wider, {.table_uri = uri}); }).code(),
            ErrorCode::SchemaMismatch);
  reopen({.schema = {.mode = SchemaMode::Merge}});
  const DataFrame same = numbers(1, 2).with_column("extra", lit(true));
  EXPECT_EQ(error_of([&] {
              write(session, same, {.table_uri = uri, .schema_mode = SchemaMode::Strict});
            }).code(),
            ErrorCode::SchemaMismatch);
  write(session, same, {.table_uri = uri});
  EXPECT_THAT(snapshot(session, {.table_uri = uri}).schema.fields, SizeIs(3));
}

TEST_F(PolicyTest, ColumnMappingIsForNewTables) {
  reopen({.schema = {.column_mapping = ColumnMapping::Name}});
  append(0, 2);
  append(2, 3);
  EXPECT_EQ(snapshot(session, {.table_uri = uri}).configuration.at("delta.columnMapping.mode"),
            "name");
  EXPECT_THAT(ns(), ElementsAre("0", "1", "2"));
}

TEST_F(PolicyTest, WritersFollowThePolicy) {
  reopen({.write = {.writer = {.compression = "zstd"}}});
  const auto suffix = [&] {
    const DataFrame paths = files(session, {.table_uri = uri}).select({"path"});
    return alluvium::testing::values_of(paths).front();
  };
  append(0, 1);
  EXPECT_THAT(suffix(), HasSubstr("zst"));
  write(session, numbers(0, 1),
        {.table_uri = uri, .mode = SaveMode::Overwrite, .writer = {.compression = "gzip"}});
  EXPECT_THAT(suffix(), HasSubstr("gz"));
}

TEST_F(PolicyTest, CommitsSayWhereTheyComeFrom) {
  append(0, 1);
  write(session, numbers(1, 2),
        {.table_uri = uri, .commit = {.metadata = {{"why", "test"}}, .run_id = "run 7"}});
  write(session, numbers(1, 2), {.table_uri = uri, .commit = {.run_id = "run 8"}});
  const std::vector<HistoryEntry> log = history(session, {.table_uri = uri});
  EXPECT_EQ(log[1].metadata.at("why"), "test");
  EXPECT_EQ(log[1].metadata.at("alluvium.runId"), "run 7");
  EXPECT_THAT(log[2].metadata.at("alluvium.runId"), SizeIs(36));
  EXPECT_EQ(log[1].metadata.at("alluvium.profileHash"), session.profile().hash());
  EXPECT_EQ(log[0].metadata.at("alluvium.planFingerprint"),
            log[1].metadata.at("alluvium.planFingerprint"));
  EXPECT_NE(log[1].metadata.at("alluvium.planFingerprint"),
            log[2].metadata.at("alluvium.planFingerprint"));
}

}  // namespace
}  // namespace alluvium::delta
