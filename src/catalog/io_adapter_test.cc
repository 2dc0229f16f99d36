#include "alluvium/catalog/io_adapter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "alluvium/catalog/introspection.h"
#include "alluvium/delta/create.h"
#include "alluvium/error.h"
#include "frame/rows_testing.h"

namespace alluvium {
namespace {

using ::testing::ElementsAre;
using testing::Rows;
using testing::rows_of;
using ::testing::UnorderedElementsAre;
using testing::values_of;

template <typename Action>
ErrorCode code_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::Internal;
}

RecordBatch numbers(std::int64_t begin, std::int64_t end) {
  RecordBatchBuilder builder({.fields = {{.name = "n", .type = int64(), .nullable = false}}});
  for (std::int64_t i = begin; i < end; ++i) builder.column(0).append(i);
  return builder.finish();
}

class IoAdapterTest : public ::testing::Test {
 protected:
  ~IoAdapterTest() override { std::filesystem::remove_all(folder); }

  Session session = RuntimeProfile::trusted().open_session();
  IoAdapter adapter{session};
  std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) /
                                 (std::string("alluvium_adapter_") +
                                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(IoAdapterTest, RegistersRecordBatches) {
  adapter.register_record_batches("t", {numbers(0, 2), numbers(2, 4)});
  EXPECT_THAT(values_of(session.table("t")), UnorderedElementsAre("0", "1", "2", "3"));
  EXPECT_FALSE(session.table("t").schema().fields[0].nullable);
  const Schema schema = numbers(0, 0).schema();
  adapter.register_record_batches("parts", schema, {{numbers(0, 2)}, {}, {numbers(5, 6)}});
  EXPECT_EQ(session.table("parts").count(), 3U);
  adapter.register_record_batches("empty", schema, {});
  EXPECT_EQ(session.table("empty").count(), 0U);
  EXPECT_EQ(session.table("empty").schema().fields, schema.fields);
}

TEST_F(IoAdapterTest, RefusesWhatItCantRegister) {
  adapter.register_record_batches("t", {numbers(0, 1)});
  EXPECT_EQ(code_of([&] { adapter.register_record_batches("t", {numbers(0, 1)}); }),
            ErrorCode::AlreadyExists);
  EXPECT_EQ(code_of([&] { adapter.register_record_batches("u", {}); }), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of([&] {
              adapter.register_record_batches("u", {.fields = {{.name = "other", .type = int64()}}},
                                              {{numbers(0, 1)}});
            }),
            ErrorCode::SchemaMismatch);
  EXPECT_EQ(code_of([&] { adapter.deregister("nobody"); }), ErrorCode::NotFound);
  EXPECT_EQ(adapter.registrations().size(), 1U);
}

TEST_F(IoAdapterTest, RegistersAStreamForOneRead) {
  adapter.register_stream(
      "s", RecordBatchReader::of(numbers(0, 0).schema(), {numbers(0, 2), numbers(2, 3)}));
  EXPECT_EQ(session.table("s").count(), 3U);
  EXPECT_EQ(code_of([&] { (void)session.table("s").collect(); }), ErrorCode::InvalidQuery);
}

TEST_F(IoAdapterTest, RegistersListings) {
  std::filesystem::create_directories(folder / "csv");
  std::ofstream(folder / "csv" / "a.csv") << "x,y\n1,one\n2,two\n";
  adapter.register_listing("c", (folder / "csv").string(), FileFormat::Csv);
  EXPECT_EQ(rows_of(session.sql("SELECT x, y FROM c ORDER BY x")),
            (Rows{{"1", "one"}, {"2", "two"}}));
  session.table("c").write_parquet(folder / "parquet");
  adapter.register_listing("p", (folder / "parquet").string(), FileFormat::Parquet);
  EXPECT_EQ(session.table("p").count(), 2U);
  EXPECT_NE(code_of([&] {
              adapter.register_listing("none", (folder / "none").string(), FileFormat::Parquet);
            }),
            ErrorCode::Internal);
}

TEST_F(IoAdapterTest, RegistersViewsAndSchemas) {
  adapter.create_schema("work");
  adapter.register_record_batches("work.t", {numbers(0, 5)});
  adapter.register_view("work.big", session.table("work.t").filter(col("n") > lit(2)));
  EXPECT_EQ(session.sql("SELECT * FROM work.big").count(), 2U);
  adapter.deregister("work.big");
  EXPECT_FALSE(session.has_table("work.big"));
}

TEST_F(IoAdapterTest, RecordsWhatItRegistered) {
  adapter.register_record_batches("a", {numbers(0, 1)});
  adapter.register_record_batches("b", {numbers(0, 1)});
  const auto& done = adapter.registrations();
  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(done[0].name, "a");
  EXPECT_EQ(done[0].kind, "record_batches");
  EXPECT_EQ(done[0].snapshot_hash.size(), 32U);
  EXPECT_NE(done[0].snapshot_hash, done[1].snapshot_hash);
  EXPECT_EQ(done[1].snapshot_hash, introspection::snapshot(session).hash);
}

TEST_F(IoAdapterTest, WorksWithoutAnInformationSchema) {
  IoAdapter blind(RuntimeProfile{.enable_information_schema = false}.open_session());
  blind.register_record_batches("a", {numbers(0, 1)});
  EXPECT_EQ(blind.registrations()[0].snapshot_hash, "");
}

TEST_F(IoAdapterTest, TakesNoSnapshotsWhereNoneAreWanted) {
  IoAdapter quick = IoAdapter::without_snapshots(session);
  quick.register_record_batches("a", {numbers(0, 1)});
  EXPECT_EQ(quick.registrations()[0].name, "a");
  EXPECT_EQ(quick.registrations()[0].snapshot_hash, "");
  EXPECT_TRUE(session.has_table("a"));
}

TEST(Introspection, ListsWhatTheCatalogHolds) {
  const Session session = RuntimeProfile::trusted().open_session();
  IoAdapter adapter(session);
  adapter.create_schema("work");
  adapter.register_record_batches("work.t", {numbers(0, 1)});
  adapter.register_record_batches("t", {numbers(0, 1)});
  EXPECT_THAT(introspection::table_names_snapshot(session), ElementsAre("t", "work.t"));
  EXPECT_EQ(rows_of(introspection::columns(session)
                        .filter(col("table_schema") == lit("work"))
                        .select({"table_name", "column_name", "is_nullable", "data_type"})),
            (Rows{{"t", "n", "NO", "Int64"}}));
  EXPECT_EQ(introspection::tables(session).filter(col("table_name") == lit("t")).count(), 2U);
  EXPECT_EQ(introspection::schemata(session).filter(col("schema_name") == lit("work")).count(), 1U);
  EXPECT_GT(introspection::routines(session).count(), 100U);
  EXPECT_GT(introspection::parameters(session).count(), 100U);
  EXPECT_GT(introspection::settings(session).count(), 10U);
}

TEST_F(IoAdapterTest, ConstraintsAreThoseThatTheTablesDeclare) {
  adapter.register_record_batches("t", {numbers(0, 1)});
  adapter.register_view("v", session.table("t"));
  const std::string before = introspection::snapshot(session).constraints_hash;
  const std::string uri = (folder / "checked").string();
  delta::create(session, {.table_uri = uri,
                          .schema = {.fields = {{.name = "n", .type = int64()}}},
                          .configuration = {{"delta.constraints.positive", "n > 0"}}});
  adapter.register_delta_table_provider(
      "checked", delta::provider_from_session(session, {.table_uri = uri}).provider);
  EXPECT_EQ(rows_of(introspection::constraints(session).select(
                {"table_name", "constraint_type", "constraint_name", "column_name",
                 "ordinal_position", "check_clause"})),
            (Rows{{"checked", "CHECK", "positive", "NULL", "1", "n > 0"},
                  {"t", "NOT NULL", "NULL", "n", "1", "NULL"}}));
  EXPECT_NE(introspection::snapshot(session).constraints_hash, before);
}

TEST(Introspection, HashesDontDependOnTheOrderOfRegistration) {
  const auto hash_of = [](const std::vector<std::string>& names) {
    const Session session = RuntimeProfile::trusted().open_session();
    IoAdapter adapter(session);
    for (const std::string& name : names) adapter.register_record_batches(name, {numbers(0, 1)});
    return introspection::snapshot(session);
  };
  EXPECT_EQ(hash_of({"a", "b", "c"}).hash, hash_of({"c", "a", "b"}).hash);
  EXPECT_NE(hash_of({"a", "b"}).tables_hash, hash_of({"a", "c"}).tables_hash);
  EXPECT_EQ(hash_of({"a", "b"}).routines_hash, hash_of({"a", "c"}).routines_hash);
}

TEST(Introspection, NeedsTheInformationSchema) {
  const Session session = RuntimeProfile{.enable_information_schema = false}.open_session();
  EXPECT_EQ(code_of([&] { (void)introspection::tables(session); }), ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace alluvium
