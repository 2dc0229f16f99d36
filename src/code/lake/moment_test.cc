#include "code/lake/moment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "alluvium/error.h"

namespace alluvium::code {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

code::Run published(std::string repo, std::string id, std::string revision, std::string finished) {
  return {.repo = std::move(repo),
          .run_id = std::move(id),
          .source_revision = std::move(revision),
          .finished_at = std::move(finished)};
}

const std::vector<code::Run> kHistory = {
    published("app", "0aaaaa11", "cafe0001", "2026-01-01T10:00:00.000000Z"),
    published("lib", "0aaaaa22", "beef0001", "2026-01-02T10:00:00.000000Z"),
    published("app", "0aaaaa33", "cafe0001", "2026-01-03T10:00:00.000000Z"),
    published("app", "0aaaaa44", "cafe0002", "2026-01-04T10:00:00.000000Z"),
    published("fork", "0bbbbb55", "cafe0002", "2026-01-05T10:00:00.500000Z"),
    published("bare", "0bbbbb66", "", "2026-01-06T10:00:00.000000Z"),
};

std::vector<std::string> at(std::string_view moment) {
  std::vector<std::string> ids;
  for (const code::Run& run : runs_at(moment, kHistory)) ids.push_back(run.run_id);
  return ids;
}

void expect_failure(std::string_view moment, ErrorCode code,
                    const testing::Matcher<std::string>& message) {
  try {
    runs_at(moment, kHistory);
    FAIL() << moment;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << moment;
    EXPECT_THAT(error.message(), message) << moment;
  }
}

TEST(Moment, IsARun) {
  EXPECT_THAT(at("0aaaaa11"), ElementsAre("0aaaaa11"));
  EXPECT_THAT(at("0AAAAA2"), ElementsAre("0aaaaa22"));
}

TEST(Moment, IsTheLatestRunOfARevision) {
  EXPECT_THAT(at("cafe0001"), ElementsAre("0aaaaa33"));
  EXPECT_THAT(at("beef00"), ElementsAre("0aaaaa22"));
  EXPECT_THAT(at("cafe0002"), ElementsAre("0aaaaa44", "0bbbbb55")) << "of each that has it";
}

TEST(Moment, OfARevisionIsWithoutUncommittedChanges) {
  std::vector<code::Run> history = kHistory;
  history.push_back(published("app", "0ccccc77", "cafe0002", "2026-01-07T10:00:00.000000Z"));
  history.back().dirty = true;
  history.push_back(published("lib", "0ccccc88", "beef0002", "2026-01-07T10:00:00.000000Z"));
  history.back().dirty = true;
  const auto at = [&](std::string_view moment) {
    std::vector<std::string> ids;
    for (const code::Run& run : runs_at(moment, history)) ids.push_back(run.run_id);
    return ids;
  };
  EXPECT_THAT(at("cafe0002"), ElementsAre("0aaaaa44", "0bbbbb55"));
  EXPECT_THAT(at("beef0002"), ElementsAre("0ccccc88")) << "better than none";
  EXPECT_THAT(at("0ccccc77"), ElementsAre("0ccccc77")) << "by its own name";
}

TEST(Moment, IsTheLastRunFinishedByATime) {
  EXPECT_THAT(at("2026-01-01"), ElementsAre("0aaaaa11")) << "all of that day";
  EXPECT_THAT(at("2026-01-03T09:59Z"), ElementsAre("0aaaaa11", "0aaaaa22"));
  EXPECT_THAT(at("2026-01-03T12:00+02:00"), ElementsAre("0aaaaa33", "0aaaaa22"));
  EXPECT_THAT(at("2026-01-05T10:00:00"), ElementsAre("0aaaaa44", "0bbbbb55", "0aaaaa22"));
  EXPECT_THAT(at("2026-01-05T10:00:00.499999"), ElementsAre("0aaaaa44", "0aaaaa22"));
}

TEST(Moment, ThatIsNotThereTellsWhatIs) {
  expect_failure("2025-12-31", ErrorCode::NotFound, HasSubstr("0aaaaa11 of app at cafe0001"));
  expect_failure("deadbeef", ErrorCode::NotFound, HasSubstr("0bbbbb66 of bare, finished"));
}

TEST(Moment, ThatCouldBeSeveralListsThem) {
  expect_failure("0aaaaa", ErrorCode::InvalidArgument,
                 AllOf(HasSubstr("0aaaaa11"), HasSubstr("0aaaaa44"), Not(HasSubstr("0bbbbb"))));
  expect_failure("cafe00", ErrorCode::InvalidArgument, HasSubstr("cafe0002"));
}

TEST(Moment, IsNoOtherText) {
  expect_failure("cafe0", ErrorCode::InvalidArgument, HasSubstr("too short"));
  expect_failure("", ErrorCode::InvalidArgument, HasSubstr("too short"));
  expect_failure("yesterday", ErrorCode::InvalidArgument, HasSubstr("neither"));
  expect_failure("2026-02-30", ErrorCode::InvalidArgument, HasSubstr("neither"));
}

TEST(RemovedAt, NamesTheRunAndWhatIsLeft) {
  const std::vector<code::Run> removed = {
      published("app", "0aaaaa00", "dead0001", "2025-12-31T10:00:00.000000Z")};
  for (const char* moment : {"0aaaaa00", "dead00", "2025-12-31"}) {
    const auto error = removed_at(moment, removed, kHistory);
    ASSERT_TRUE(error) << moment;
    EXPECT_EQ(error->code(), ErrorCode::NotFound);
    EXPECT_THAT(error->message(), HasSubstr("`alluvium gc` removed"));
    EXPECT_THAT(error->message(), HasSubstr("run 0aaaaa00 of app"));
    EXPECT_THAT(error->message(), HasSubstr("run 0aaaaa11 of app"));
  }
  EXPECT_FALSE(removed_at("0ccccc", removed, kHistory));
  EXPECT_FALSE(removed_at("2025-01-01", removed, kHistory));
}

TEST(TimeOf, IsATimeOrThatOfARun) {
  EXPECT_EQ(time_of("0aaaaa33", kHistory), utc_micros("2026-01-03T10:00:00.000000Z"));
  EXPECT_EQ(time_of("2020-01-01", kHistory), utc_micros("2020-01-01T23:59:59.999999Z"));
  EXPECT_THROW(time_of("0ccccc", kHistory), Error);
}

}  // namespace
}  // namespace alluvium::code
