// What a table keeps when the beginning of its history is removed.

#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "alluvium/delta/alter.h"
#include "alluvium/delta/cdf.h"
#include "alluvium/delta/create.h"
#include "alluvium/delta/inspect.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/delta/update.h"
#include "delta/table_testing.h"

namespace alluvium::delta {
namespace {

namespace fs = std::filesystem;

using testing::error_of;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class TruncateTest : public testing::TableTest {
 protected:
  // Twelve versions, of which each deletes one row of the one before.
  void make() {
    create(session, {.table_uri = uri,
                     .schema = numbers(0, 1).schema(),
                     .configuration = {{"delta.enableChangeDataFeed", "true"}}});
    append(0, 20);
    for (int n = 0; n < 11; ++n) {
      delete_rows(session, {.table_uri = uri, .where = Condition("n = " + std::to_string(n))});
    }
  }
  TruncateReport cut(std::int64_t first_version) {
    return truncate(session, {.table_uri = uri, .first_version = first_version, .dry_run = false});
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) paths.insert(fs::relative(entry.path(), folder).string());
    }
    return paths;
  }
  // As a session reads it that knows nothing of the table.
  void forget() { session = RuntimeProfile::trusted().open_session(); }
  [[nodiscard]] std::uint64_t changes_of(std::int64_t version) const {
    return session
        .read(cdf_provider(session,
                           {.table_uri = uri,
                            .options = {.starting_version = version, .ending_version = version}})
                  .provider)
        .count();
  }
};

TEST_F(TruncateTest, KeepsWhatTheFirstVersionRemovedWhereNoChangeFileTellsIt) {
  create(session, {.table_uri = uri,
                   .schema = numbers(0, 1).schema(),
                   .configuration = {{"delta.enableChangeDataFeed", "true"}}});
  append(0, 5);
  const auto overwrite = [&](int first) {
    write(session, numbers(first, first + 3), {.table_uri = uri, .mode = SaveMode::Overwrite});
  };
  overwrite(10);
  overwrite(20);
  forget();
  const std::uint64_t before = changes_of(3);
  cut(3);
  forget();
  EXPECT_EQ(changes_of(3), before);
}

TEST_F(TruncateTest, FollowsNoLink) {
  make();
  const fs::path elsewhere = folder.parent_path() / (folder.filename().string() + "_elsewhere");
  fs::create_directories(elsewhere);
  std::ofstream(elsewhere / "precious.parquet") << "rows";
  fs::create_directory_symlink(elsewhere, fs::path(folder) / "linked");
  cut(11);
  EXPECT_TRUE(fs::exists(elsewhere / "precious.parquet"));
  fs::remove_all(elsewhere);
}

TEST_F(TruncateTest, ACommitThatCantBeReadKeepsEverything) {
  make();
  std::ofstream(fs::path(folder) / "_delta_log/00000000000000000011.json", std::ios::app)
      << "{\"add\": {\"path\"\n";
  const std::set<std::string> before = files();
  forget();
  EXPECT_THROW(cut(11), Error);
  EXPECT_EQ(files(), before);
}

TEST_F(TruncateTest, KeepsTheFirstVersionAndAllLaterOnes) {
  make();
  const TruncateReport report = cut(11);
  EXPECT_EQ(report.first_version, 11);
  EXPECT_EQ(report.version, 12);
  EXPECT_EQ(report.log.files, 11U);
  EXPECT_GT(report.data.files, 0U);
  EXPECT_GT(report.changes.files, 0U);
  EXPECT_GT(report.changes.bytes, 0U);
  forget();
  EXPECT_THAT(ns(), SizeIs(9));
  EXPECT_THAT(ns(11), SizeIs(10));
  EXPECT_EQ(changes_of(11), 1U);
  EXPECT_EQ(changes_of(12), 1U);
  EXPECT_EQ(error_of([&] { static_cast<void>(ns(10)); }).code(), ErrorCode::NotFound);
  EXPECT_THAT(history(session, {.table_uri = uri}), SizeIs(2));
  // It goes on as any table.
  append(50, 51);
  EXPECT_THAT(ns(), SizeIs(10));
  EXPECT_EQ(cut(11).data.files, 0U) << "what is needed stays";
}

TEST_F(TruncateTest, OnlyTellsWhatItWouldDo) {
  make();
  const std::set<std::string> before = files();
  const TruncateReport told = truncate(session, {.table_uri = uri, .first_version = 11});
  EXPECT_EQ(files(), before);
  const TruncateReport done = cut(11);
  EXPECT_EQ(done.data.files, told.data.files);
  EXPECT_EQ(done.changes.bytes, told.changes.bytes);
  EXPECT_EQ(done.log.files, told.log.files);
}

TEST_F(TruncateTest, LeavesAShortLogAsItIs) {
  make();
  EXPECT_EQ(cut(5).log.files, 0U);
  forget();
  EXPECT_THAT(ns(5), SizeIs(16));
  EXPECT_THAT(history(session, {.table_uri = uri}), SizeIs(13));
}

TEST_F(TruncateTest, LeavesTheNameOfANewerCheckpoint) {
  make();
  checkpoint(session, {.table_uri = uri});
  cut(11);
  std::ifstream hint(folder / "_delta_log/_last_checkpoint");
  const std::string text(std::istreambuf_iterator<char>(hint), {});
  EXPECT_THAT(text, HasSubstr("\"version\":12"));
  forget();
  EXPECT_THAT(ns(11), SizeIs(10));
}

TEST_F(TruncateTest, DropsTheNameOfACheckpointThatGoes) {
  make();
  checkpoint(session, {.table_uri = uri});
  const fs::path hint = folder / "_delta_log/_last_checkpoint";
  fs::copy_file(hint, folder / "hint");
  append(60, 61);
  checkpoint(session, {.table_uri = uri});
  // As if who made the second one had been killed before it was named.
  fs::rename(folder / "hint", hint);
  forget();
  EXPECT_EQ(cut(13).log.files, 14U);
  EXPECT_FALSE(fs::exists(folder / "_delta_log/_last_checkpoint"));
  forget();
  EXPECT_THAT(ns(), SizeIs(10));
}

TEST_F(TruncateTest, TakesWhatNobodyCommittedAndLeavesWhatIsOfOthers) {
  make();
  std::ofstream(folder / "part-left.parquet") << "left";
  std::ofstream(folder / "notes.txt") << "mine";
  fs::create_directory(folder / "_other");
  std::ofstream(folder / "_other/index.parquet") << "mine";
  EXPECT_EQ(cut(0).data.files, 1U);
  const std::set<std::string> left = files();
  EXPECT_FALSE(left.contains("part-left.parquet"));
  EXPECT_TRUE(left.contains("notes.txt"));
  EXPECT_TRUE(left.contains("_other/index.parquet"));
}

TEST_F(TruncateTest, RemovesNothingWhenTheLogHasAGap) {
  make();
  checkpoint(session, {.table_uri = uri});
  fs::remove(folder / "_delta_log/00000000000000000008.json");
  forget();
  const std::set<std::string> before = files();
  EXPECT_EQ(error_of([&] { cut(5); }).code(), ErrorCode::Corruption);
  EXPECT_EQ(files(), before);
}

TEST_F(TruncateTest, RefusesVersionsThatAreNotThereAndTablesOfALake) {
  make();
  EXPECT_EQ(error_of([&] { cut(99); }).code(), ErrorCode::NotFound);
  EXPECT_EQ(error_of([&] { cut(-1); }).code(), ErrorCode::InvalidArgument);
  set_properties(session, {.table_uri = uri}, {{"alluvium.managed", "true"}});
  const Error refused = error_of([&] { cut(1); });
  EXPECT_EQ(refused.code(), ErrorCode::PolicyViolation);
  EXPECT_THAT(refused.message(), HasSubstr("alluvium gc"));
}

}  // namespace
}  // namespace alluvium::delta
