// Partitions of a table brought back to what they were, and the others left alone.

#include <gmock/gmock.h>

#include <filesystem>

#include "alluvium/delta/alter.h"
#include "alluvium/delta/cdf.h"
#include "alluvium/delta/inspect.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/delta/update.h"
#include "delta/commit_protocol_internal.h"
#include "delta/table_testing.h"

namespace alluvium::delta {
namespace {

using alluvium::testing::Rows;
using alluvium::testing::rows_of;
using testing::error_of;
using ::testing::HasSubstr;

namespace fs = std::filesystem;

/// A table with the partitions `a` and `b`: version 0 has 0 and 1 in both, version 1 has 5 in `a`,
/// version 2 has 7 in `b`.
class RestoreTest : public testing::TableTest {
 protected:
  RestoreTest() {
    write(session, of("a", 0, 2).union_all(of("b", 0, 2)),
          {.table_uri = uri,
           .partition_by = {"p"},
           .configuration = {{"delta.enableChangeDataFeed", "true"}}});
    replace("a", 5, 6);
    replace("b", 7, 8);
  }
  ~RestoreTest() override { set_interleaving(nullptr); }

  [[nodiscard]] DataFrame of(const std::string& partition, int begin, int end) const {
    return numbers(begin, end).with_column("p", lit(partition));
  }
  void replace(const std::string& partition, int begin, int end) const {
    write(session, of(partition, begin, end),
          {.table_uri = uri,
           .mode = SaveMode::Overwrite,
           .replace_where = "p = '" + partition + "'"});
  }
  [[nodiscard]] RestoreRequest back_to(std::int64_t version, std::string partition) const {
    return {.table_uri = uri,
            .version = version,
            .filters = {{.column = "p", .op = "=", .values = {std::move(partition)}}}};
  }
  [[nodiscard]] Rows rows() const {
    return rows_of(read().select({"p", "n"}).sort({col("p").asc(), col("n").asc()}));
  }
};

TEST_F(RestoreTest, BringsPartitionsBackAndLeavesTheOthers) {
  ASSERT_EQ(rows(), (Rows{{"a", "5"}, {"b", "7"}}));
  const CommitReport report = restore(session, back_to(0, "a"));
  EXPECT_TRUE(report.committed);
  EXPECT_EQ(report.version, 3);
  EXPECT_EQ(report.operation, "RESTORE");
  EXPECT_EQ(rows(), (Rows{{"a", "0"}, {"a", "1"}, {"b", "7"}}));
  // What the log tells of a file tells it again.
  const DataFrame found = files(session, {.table_uri = uri});
  const DataFrame kept = found.filter(col("partition.p") == lit("a"));
  EXPECT_EQ(rows_of(kept.select({"num_records", "min.n", "max.n"})), (Rows{{"2", "0", "1"}}));
}

TEST_F(RestoreTest, MakesNoVersionOfWhatIsThere) {
  restore(session, back_to(0, "a"));
  const CommitReport again = restore(session, back_to(0, "a"));
  EXPECT_FALSE(again.committed);
  EXPECT_EQ(again.version, 3);
  EXPECT_FALSE(restore(session, back_to(2, "b")).committed);
  EXPECT_FALSE(restore(session, back_to(0, "no such")).committed);
}

TEST_F(RestoreTest, IsAChangeThatTheFeedTells) {
  restore(session, back_to(0, "a"));
  const DataFrame feed = session.read(
      cdf_provider(session, {.table_uri = uri, .options = {.starting_version = 3}}).provider);
  EXPECT_EQ(rows_of(feed.select({"_change_type", "p", "n"})
                        .sort({col("_change_type").asc(), col("n").asc()})),
            (Rows{{"delete", "a", "5"}, {"insert", "a", "0"}, {"insert", "a", "1"}}));
}

TEST_F(RestoreTest, KeepsWhatAnotherWriterCommitsMeanwhile) {
  int calls = 0;
  set_interleaving([&](int) {
    if (++calls == 1) replace("b", 9, 10);
  });
  EXPECT_EQ(restore(session, back_to(0, "a")).attempts, 2);
  EXPECT_EQ(rows(), (Rows{{"a", "0"}, {"a", "1"}, {"b", "9"}}));
}

TEST_F(RestoreTest, RefusesWhatIsGone) {
  EXPECT_EQ(error_of([&] { restore(session, back_to(77, "a")); }).code(), ErrorCode::NotFound);
  for (const auto& entry : fs::directory_iterator(folder / "p=a")) fs::remove(entry.path());
  const Error error = error_of([&] { restore(session, back_to(0, "a")); });
  EXPECT_EQ(error.code(), ErrorCode::NotFound) << error.message();
  EXPECT_THAT(error.message(), HasSubstr("p=a/"));
  RestoreRequest request = back_to(0, "a");
  request.ignore_missing_files = true;
  EXPECT_TRUE(restore(session, request).committed);
  EXPECT_NE(error_of([&] {
              restore(session, {.table_uri = uri,
                                .version = 0,
                                .filters = {{.column = "p", .op = "like", .values = {"a"}}}});
            }).code(),
            ErrorCode::Internal);
  request.filters = {{.column = "n", .op = "=", .values = {"1"}}};
  EXPECT_EQ(error_of([&] { restore(session, request); }).code(), ErrorCode::InvalidArgument);
}

TEST_F(RestoreTest, RefusesWhatIsCutOff) {
  for (const auto& entry : fs::directory_iterator(folder / "p=a")) {
    fs::resize_file(entry.path(), 10);
  }
  const Error error = error_of([&] { restore(session, back_to(0, "a")); });
  EXPECT_EQ(error.code(), ErrorCode::NotFound);
  EXPECT_THAT(error.message(), HasSubstr("has 10 bytes"));
}

TEST_F(RestoreTest, TakesFilesOfFewerColumnsButOfNoOthers) {
  add_columns(session, {.table_uri = uri}, {.fields = {{.name = "more", .type = int64()}}});
  EXPECT_TRUE(restore(session, back_to(0, "a")).committed);
  EXPECT_EQ(rows(), (Rows{{"a", "0"}, {"a", "1"}, {"b", "7"}}));
  add_constraints(session, {.table_uri = uri}, {{"small", "n < 100"}});
  EXPECT_EQ(error_of([&] { restore(session, back_to(0, "b")); }).code(), ErrorCode::Unsupported);
  drop_constraint(session, {.table_uri = uri}, "small");
  EXPECT_TRUE(restore(session, back_to(0, "b")).committed);
  write(session, of("a", 0, 1).with_column("n", lit("text")),
        {.table_uri = uri,
         .mode = SaveMode::Overwrite,
         .schema_mode = SchemaMode::Overwrite,
         .partition_by = {"p"}});
  EXPECT_EQ(error_of([&] { restore(session, back_to(0, "a")); }).code(), ErrorCode::Unsupported);
}

}  // namespace
}  // namespace alluvium::delta
