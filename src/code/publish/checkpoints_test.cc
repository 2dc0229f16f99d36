#include "code/publish/checkpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "alluvium/delta/inspect.h"
#include "alluvium/delta/write.h"
#include "code/publish/file_lock.h"
#include "code/publish/repos_table.h"
#include "code/publish/run_rows.h"
#include "code/publish/runs_table.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class CheckpointsTest : public testing::Test {
 protected:
  CheckpointsTest() : session_(RuntimeProfile::trusted().open_session()) {
    fs::create_directories(lake_.locks());
    create_if_missing(session_, lake_, runs_declaration(), {});
    create_if_missing(session_, lake_, repos_declaration(), {});
  }

  /// Commits to a table until it is at `version`.
  void grow(const std::string& table, std::int64_t version) {
    std::int64_t& now = versions_[table];
    create_if_missing(
        session_, lake_,
        {.name = table,
         .schema = {.fields = {Field{"repo", utf8(), true}, Field{"x", utf8(), true}}}},
        {});
    while (now < version) {
      now = delta::write(session_, session_.sql("SELECT 'r' AS repo, 'x' AS x"),
                         {.table_uri = lake_.uri(table), .commit = {.mutation = of_lake()}})
                .version;
    }
  }

  void make() { make_checkpoints(session_, lake_, versions_, {}); }

  /// The versions of a table's checkpoints.
  std::vector<std::int64_t> of(const std::string& table) {
    std::vector<std::int64_t> found;
    for (const auto& entry : fs::directory_iterator(lake_.table(table) / "_delta_log")) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(".checkpoint.parquet")) found.push_back(std::stoll(name.substr(0, 20)));
    }
    std::ranges::sort(found);
    return found;
  }

  Session session_;
  TemporaryFolder temporary_;
  LakeLayout lake_{temporary_.path()};
  std::map<std::string, std::int64_t> versions_;
};

TEST_F(CheckpointsTest, FollowEachOtherAtTheInterval) {
  grow("t", kCheckpointInterval - 1);
  make();
  EXPECT_THAT(of("t"), IsEmpty());
  for (std::int64_t version = kCheckpointInterval; version < 3 * kCheckpointInterval; ++version) {
    grow("t", version);
    make();
  }
  EXPECT_THAT(of("t"), ElementsAre(kCheckpointInterval, 2 * kCheckpointInterval));
  const Session another = RuntimeProfile::trusted().open_session();
  const auto table = delta::provider_from_session(another, {.table_uri = lake_.uri("t")});
  EXPECT_EQ(another.read(table.provider).count(), 3 * kCheckpointInterval - 1);
}

TEST_F(CheckpointsTest, AreMadeOfAFewTablesAtATimeTheMostOverdueFirst) {
  for (const char* table : {"a", "b", "c", "d", "e"}) grow(table, kCheckpointInterval);
  grow("d", kCheckpointInterval + 1);
  make();
  EXPECT_THAT(of("a"), ElementsAre(10));
  EXPECT_THAT(of("b"), ElementsAre(10));
  EXPECT_THAT(of("c"), IsEmpty());
  EXPECT_THAT(of("d"), ElementsAre(11));
  make();
  EXPECT_THAT(of("c"), ElementsAre(10));
  EXPECT_THAT(of("e"), ElementsAre(10));
}

TEST_F(CheckpointsTest, AreOfTablesWithoutPinsToo) {
  for (std::int64_t run = 0; run < kCheckpointInterval; ++run) {
    append_run(session_, lake_,
               {.repo = "r",
                .run_id = std::to_string(run),
                .kind = "worktree",
                .started_at = "2026-01-01T00:00:00Z",
                .finished_at = "2026-01-01T00:00:00Z",
                .versions = {{"t", run}},
                .counts = {{"t", 0}}},
               {});
    record_repository(session_, lake_, {.repo = "r", .root = "/r", .origin = ""}, {});
  }
  make();
  EXPECT_THAT(of("runs"), ElementsAre(kCheckpointInterval));
  EXPECT_THAT(of("repos"), ElementsAre(kCheckpointInterval));
}

TEST_F(CheckpointsTest, ATableThatCantHaveOneKeepsNoOtherWaiting) {
  grow("t", kCheckpointInterval);
  for (const char* table : {"lost", "missing", "none", "nowhere"}) versions_[table] = 1000;
  make();
  EXPECT_THAT(of("t"), ElementsAre(kCheckpointInterval));
}

TEST_F(CheckpointsTest, AreLeftToWhoeverMakesThem) {
  grow("t", kCheckpointInterval);
  const fs::path path = lake_.locks() / "checkpoints.lock";
  {
    const FileHandle held = open_lock(path);
    ASSERT_TRUE(try_lock(held, path, LockMode::Exclusive));
    make();
    EXPECT_THAT(of("t"), IsEmpty());
  }
  make();
  EXPECT_THAT(of("t"), ElementsAre(kCheckpointInterval));
}

TEST_F(CheckpointsTest, AHintThatCantBeReadLeadsToOneMore) {
  grow("t", kCheckpointInterval);
  make();
  grow("t", kCheckpointInterval + 1);
  const fs::path hint = lake_.table("t") / "_delta_log" / "_last_checkpoint";
  for (const char* text : {"", "[]", "{\"version\": \"ten\"}", "{\"version\": 1"}) {
    fs::remove(lake_.table("t") / "_delta_log" / "00000000000000000011.checkpoint.parquet");
    std::ofstream(hint) << text;
    make();
    EXPECT_THAT(of("t"), ElementsAre(10, 11)) << text;
  }
}

TEST_F(CheckpointsTest, AnInterruptionIsNoError) {
  grow("t", kCheckpointInterval);
  std::stop_source stop;
  stop.request_stop();
  make_checkpoints(session_, lake_, versions_, {.stop = stop.get_token()});
  EXPECT_THAT(of("t"), IsEmpty());
}

}  // namespace
}  // namespace alluvium::code
