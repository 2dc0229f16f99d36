#include "code/publish/lake_layout.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "alluvium/error.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

class LakeLayoutTest : public testing::Test {
 protected:
  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

TEST_F(LakeLayoutTest, KnowsALakeFromOtherFolders) {
  const LakeLayout lake(folder_ / "lake");
  EXPECT_EQ(lake.state(), LakeState::Free);
  lake.prepare();
  EXPECT_EQ(lake.state(), LakeState::Free);
  std::ifstream ignore(folder_ / "lake/.gitignore");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(ignore), {}), "*\n");
  // What a run leaves that is killed while it makes its first tables.
  fs::create_directories(lake.locks());
  fs::create_directories(lake.table("repos") / "_delta_log");
  const fs::path log = lake.table("runs") / "_delta_log";
  fs::create_directories(log);
  EXPECT_EQ(lake.state(), LakeState::Free);
  std::ofstream(log / "00000000000000000000.json#1") << "a draft";
  EXPECT_EQ(lake.state(), LakeState::Free);
  std::ofstream(log / "00000000000000000000.json") << "{}";
  fs::create_directories(lake.table("files"));
  EXPECT_EQ(lake.state(), LakeState::Begun);

  std::ofstream(folder_ / "letter.txt") << "dear";
  const LakeLayout other(folder_);
  EXPECT_EQ(other.state(), LakeState::Other);
  EXPECT_THROW(other.prepare(), Error);
  EXPECT_THROW((void)LakeLayout(folder_ / "letter.txt").state(), Error);
}

TEST_F(LakeLayoutTest, ReplacesAFileAsAWhole) {
  replace_file(folder_ / "a", "one");
  replace_file(folder_ / "a", "two");
  std::ifstream file(folder_ / "a");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace alluvium::code
