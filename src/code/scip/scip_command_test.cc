#include "code/scip/scip_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stop_token>
#include <string>
#include <thread>

#include "alluvium/error.h"
#include "code/scip/scip_testing.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::uint64_t kNoLimit = ~std::uint64_t{0};

class ScipCommandTest : public ::testing::Test {
 protected:
  ScipCommandTest() {
    std::ofstream(folder_ / "made.scip", std::ios::binary)
        << testing::encode_index({{.path = "a.py"}});
  }
  std::string failure(const std::string& command) {
    try {
      run_scip_command(command, folder_, kNoLimit, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
      return error.message();
    }
    return "it did not fail";
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

TEST_F(ScipCommandTest, RunsInTheFolderAndReadsItsOutput) {
  for (const char* command : {"cp made.scip {output}", "cp made.scip \"$ALLUVIUM_SCIP_OUTPUT\""}) {
    const ScipFile index = run_scip_command(command, folder_, kNoLimit, {});
    ASSERT_EQ(index.parts().size(), 1U) << command;
    EXPECT_FALSE(fs::exists(index.path())) << "the temporary file stayed";
    // It can still be read.
    EXPECT_FALSE(index.read(index.parts()[0].offset, index.parts()[0].size).empty());
  }
}

TEST_F(ScipCommandTest, TellsWhyItFailed) {
  EXPECT_THAT(failure("echo no indexer here >&2; exit 3"), HasSubstr("exit code 3"));
  EXPECT_THAT(failure("echo no indexer here >&2; exit 3"), HasSubstr("no indexer here"));
  EXPECT_THAT(failure("true"), HasSubstr("wrote no index"));
}

TEST_F(ScipCommandTest, EndsAllThatItStartedWhenCancelled) {
  std::stop_source source;
  std::jthread later([&source] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    source.request_stop();
  });
  const auto begun = std::chrono::steady_clock::now();
  // The shell waits for a child of its own, which would keep the pipe open.
  EXPECT_THROW(run_scip_command("sleep 30; true", folder_, kNoLimit, {.stop = source.get_token()}),
               Error);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

}  // namespace
}  // namespace alluvium::code
