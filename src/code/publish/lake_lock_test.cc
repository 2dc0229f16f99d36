#include "code/publish/lake_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "alluvium/error.h"
#include "code/publish/run_lock.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

using ::testing::HasSubstr;

class LakeLockTest : public testing::Test {
 protected:
  LakeLock alone() { return LakeLock::hold_alone(lake_, /*wait=*/false, {}, {}); }
  RunLock run(const std::string& repo) {
    return RunLock::acquire(lake_, repo, /*wait=*/false, {}, {});
  }
  template <typename Action>
  std::string conflict(const Action& action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::CommitConflict);
      return error.message();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }

  TemporaryFolder temporary_;
  LakeLayout lake_{temporary_.path()};
};

TEST_F(LakeLockTest, IsHeldAloneWhenNoRunIsUnderWay) {
  std::optional<RunLock> first = run("a");
  const RunLock second = run("b");
  EXPECT_THAT(conflict([&] { alone(); }), HasSubstr("repository "));
  first.reset();
  EXPECT_THAT(conflict([&] { alone(); }), HasSubstr("repository b"));
}

TEST_F(LakeLockTest, KeepsRunsOutOfAllRepositories) {
  {
    const RunLock before = run("a");
  }
  std::optional<LakeLock> held = alone();
  EXPECT_THAT(conflict([&] { run("a"); }), HasSubstr("removing old runs"));
  EXPECT_THAT(conflict([&] { run("new"); }), HasSubstr("alluvium gc"));
  EXPECT_THAT(conflict([&] { alone(); }), HasSubstr("removing old runs"));
  held.reset();
  run("a");
  alone();
}

}  // namespace
}  // namespace alluvium::code
