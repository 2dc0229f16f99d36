#include "code/publish/run_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include "alluvium/error.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

class RunLockTest : public testing::Test {
 protected:
  RunLock take(const std::string& repo, bool wait = false, const Interrupt& interrupt = {}) {
    return RunLock::acquire(
        LakeLayout(folder_), repo, wait, [this](const std::string& owner) { told_ = owner; },
        interrupt);
  }

  TemporaryFolder temporary_;
  std::filesystem::path folder_ = temporary_.path();
  std::string told_;
};

TEST_F(RunLockTest, IsHeldByOneAndNamesIt) {
  const RunLock first = take("app");
  try {
    take("app");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CommitConflict);
    EXPECT_TRUE(error.retryable());
    EXPECT_THAT(error.message(), testing::HasSubstr("process " + std::to_string(::getpid())));
    EXPECT_THAT(error.message(), testing::HasSubstr("--wait"));
  }
}

TEST_F(RunLockTest, IsFreeAgainAndOneForEachRepository) {
  const RunLock other = take("other");
  {
    const RunLock first = take("app");
  }
  const RunLock second = take("app");
}

TEST_F(RunLockTest, IsWaitedFor) {
  std::optional<RunLock> first = take("app");
  std::jthread release([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    first.reset();
  });
  const RunLock second = take("app", true);
  EXPECT_THAT(told_, testing::StartsWith("process "));
}

TEST_F(RunLockTest, StopsWaitingWhenAsked) {
  const RunLock first = take("app");
  std::stop_source stop;
  std::jthread request([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request_stop();
  });
  try {
    take("app", true, {.stop = stop.get_token()});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Cancelled);
  }
}

}  // namespace
}  // namespace alluvium::code
