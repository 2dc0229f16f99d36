#include "code/gc/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace alluvium::code {
namespace {

using ::testing::ElementsAre;

code::Run finished(const char* repo, const char* id, UtcMicros time,
                   const char* kind = "worktree") {
  return {.repo = repo, .run_id = id, .kind = kind, .finished_at = utc_text(time)};
}

const std::vector<code::Run> kHistory = {
    finished("a", "a1", 10),           finished("b", "b1", 15), finished("a", "a2", 20),
    finished("a", "a3", 30),           finished("b", "b2", 35), finished("a", "a4", 40, "commit"),
    finished("a", "a5", 50, "commit"),
};
const std::vector<code::Run> kCurrent = {kHistory[3], kHistory[4]};

std::vector<std::string> ids(const std::vector<code::Run>& runs) {
  std::vector<std::string> names;
  for (const code::Run& run : runs) names.push_back(run.run_id);
  return names;
}

TEST(Retain, KeepsTheNewestOfEachRepository) {
  const Retained retained = retain(kHistory, kCurrent, 4, std::nullopt);
  EXPECT_THAT(ids(retained.removed), ElementsAre("a1"));
  EXPECT_THAT(ids(retained.kept), ElementsAre("b1", "a2", "a3", "b2", "a4", "a5"));
  ASSERT_EQ(retained.repositories.size(), 2U);
  EXPECT_EQ(retained.repositories[0].runs, 4U);
  EXPECT_EQ(retained.repositories[0].oldest.run_id, "a2");
}

TEST(Retain, NeverRemovesACurrentRunNorWhatFollowsIt) {
  EXPECT_THAT(ids(retain(kHistory, kCurrent, 1, std::nullopt).kept),
              ElementsAre("a3", "b2", "a4", "a5"));
}

TEST(Retain, KeepsWhatWasCurrentAtATimeAndAllSince) {
  EXPECT_THAT(ids(retain(kHistory, kCurrent, 1, 25).removed), ElementsAre("a1"));
  EXPECT_THAT(ids(retain(kHistory, kCurrent, 1, 30).removed), ElementsAre("a1", "a2"));
  EXPECT_THAT(ids(retain(kHistory, kCurrent, 1, 99).removed), ElementsAre("a1", "b1", "a2"));
  EXPECT_TRUE(retain(kHistory, kCurrent, 1, 5).removed.empty());
}

}  // namespace
}  // namespace alluvium::code
