#include "code/publish/runs_table.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "alluvium/delta/inspect.h"
#include "alluvium/error.h"
#include "code/publish/run_rows.h"
#include "code/publish/utc_time.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

class RunsTableTest : public testing::Test {
 protected:
  RunsTableTest() : session_(RuntimeProfile::trusted().open_session()) {
    create_if_missing(session_, lake_, runs_declaration(), {});
  }
  void publish(const std::string& repo, const std::string& run_id, const std::string& kind,
               UtcMicros finished) {
    append_run(session_, lake_,
               {.repo = repo,
                .run_id = run_id,
                .kind = kind,
                .dirty = true,
                .started_at = utc_text(1),
                .finished_at = utc_text(finished),
                .settings_hash = "s",
                .versions = {{"files", 7}, {"refs", 2}},
                .counts = {{"files", 1}, {"refs", 0}}},
               {});
  }
  std::vector<std::string> current() {
    std::vector<std::string> ids;
    for (const code::Run& run : read_runs(session_, lake_, {}).current) ids.push_back(run.run_id);
    return ids;
  }

  Session session_;
  TemporaryFolder temporary_;
  LakeLayout lake_{temporary_.path()};
};

TEST_F(RunsTableTest, GivesBackWhatWasPublished) {
  publish("it's", "a", "worktree", 1'700'000'000'123'456);
  const PublishedRuns runs = read_runs(session_, lake_, {});
  ASSERT_EQ(runs.current.size(), 1U);
  const code::Run& run = runs.current.front();
  EXPECT_EQ(run.repo, "it's");
  EXPECT_EQ(run.parent_run_id, "");
  EXPECT_TRUE(run.dirty);
  EXPECT_EQ(run.finished_at, "2023-11-14T22:13:20.123456Z");
  EXPECT_EQ(run.format_version, kLakeFormat);
  EXPECT_EQ(run.versions, (std::map<std::string, std::int64_t>{{"files", 7}, {"refs", 2}}));
  EXPECT_EQ(run.counts, (std::map<std::string, std::int64_t>{{"files", 1}, {"refs", 0}}));
  EXPECT_NE(runs.find("it's"), nullptr);
  EXPECT_EQ(runs.find("other"), nullptr);
}

TEST_F(RunsTableTest, TheLatestWorktreeRunIsCurrentElseTheLatestCommit) {
  publish("a", "a1", "commit", 10);
  publish("a", "a2", "commit", 20);
  EXPECT_EQ(current(), (std::vector<std::string>{"a2"}));
  publish("a", "a3", "worktree", 15);
  EXPECT_EQ(current(), (std::vector<std::string>{"a3"}));
  publish("a", "a4", "maintenance", 30);
  publish("a", "a5", "commit", 40);
  EXPECT_EQ(current(), (std::vector<std::string>{"a3"})) << "maintenance is of another run";
  publish("b", "b1", "worktree", 5);
  publish("b", "b2", "worktree", 5);
  EXPECT_EQ(current(), (std::vector<std::string>{"a3", "b2"})) << "of the same moment, by id";
}

TEST_F(RunsTableTest, TheNextRowIsLaterThanAllOfItsRepository) {
  EXPECT_EQ(read_runs(session_, lake_, {}).end_of_next("a", 7), 7);
  publish("a", "a1", "worktree", 10);
  publish("a", "a2", "maintenance", 30);
  publish("a", "a3", "commit", 20);
  publish("b", "b1", "worktree", 100);
  PublishedRuns runs = read_runs(session_, lake_, {});
  EXPECT_EQ(runs.end_of_next("a", 7), 31);
  EXPECT_EQ(runs.end_of_next("a", 40), 40);
  runs.add({.repo = "a", .run_id = "a4", .kind = "worktree", .finished_at = utc_text(50)},
           runs.version + 1);
  EXPECT_EQ(runs.end_of_next("a", 7), 51);
}

TEST_F(RunsTableTest, LosesOlderRunsInTheCommitThatSaysSo) {
  publish("it's", "a1", "worktree", 10);
  publish("it's", "a2", "worktree", 20);
  publish("b", "b1", "worktree", 5);
  const code::Run oldest{.repo = "it's", .finished_at = utc_text(20)};
  const code::Run maintenance{.repo = "it's",
                              .run_id = "m",
                              .parent_run_id = "a2",
                              .kind = "maintenance",
                              .started_at = utc_text(29),
                              .finished_at = utc_text(30),
                              .versions = {{"files", 7}},
                              .counts = {{"files", 1}}};
  const std::int64_t version = remove_runs(session_, lake_, {oldest}, {maintenance}, {});
  EXPECT_EQ(version, 4);
  const PublishedRuns runs = read_runs(session_, lake_, {});
  EXPECT_EQ(runs.version, version);
  EXPECT_EQ(current(), (std::vector<std::string>{"b1", "a2"}));
  ASSERT_NE(runs.find_last("it's"), nullptr);
  EXPECT_EQ(runs.find_last("it's")->run_id, "a2");
  EXPECT_EQ(runs.find("it's")->versions.at("files"), 7);
  EXPECT_EQ(read_history(session_, lake_, version, {}).size(), 2U);
  EXPECT_EQ(
      session_
          .read(delta::provider_from_session(session_, {.table_uri = lake_.uri("runs")}).provider)
          .count(),
      3U)
      << "with that of the maintenance";
  publish("it's", "a3", "worktree", 40);
  EXPECT_EQ(current(), (std::vector<std::string>{"b1", "a3"}));
}

TEST_F(RunsTableTest, StaysSmallInNumbersOfFiles) {
  constexpr int kRuns = 40;
  for (int run = 10; run < 10 + kRuns; ++run) publish("a", std::to_string(run), "worktree", run);
  const PublishedRuns runs = read_runs(session_, lake_, {});
  EXPECT_EQ(current(), (std::vector<std::string>{"49"}));
  EXPECT_EQ(read_history(session_, lake_, runs.version, {}).size(), std::size_t{kRuns});
  const delta::ProviderRequest table{.table_uri = lake_.uri("runs")};
  EXPECT_LT(delta::files(session_, table).count(), std::uint64_t{kRuns} / 2);
}

}  // namespace
}  // namespace alluvium::code
