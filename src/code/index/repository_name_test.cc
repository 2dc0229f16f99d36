#include "code/index/repository_name.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "alluvium/error.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

class RepositoryNameTest : public testing::Test {
 protected:
  RepositoryNameTest() {
    fs::create_directory(top_ / "app");
    inner_ = LakeLayout(top_ / "app/.alluvium");
    shared_ = LakeLayout(top_ / "lake");
    std::ofstream(top_ / "app" / "a.py") << "x";
  }
  Repository open() { return Repository::open(top_ / "app", top_ / "app/.alluvium", {}); }

  TemporaryFolder temporary_;
  fs::path top_ = temporary_.path();
  LakeLayout inner_{fs::path()};
  LakeLayout shared_{fs::path()};
};

TEST_F(RepositoryNameTest, IsTheFoldersWithoutARemote) {
  const KnownRepository found = identify_repository("", open(), shared_, {});
  EXPECT_EQ(found.repo, "app");
  EXPECT_EQ(found.root, (top_ / "app").string());
  EXPECT_EQ(found.origin, "folder:" + (top_ / "app").string());
}

TEST_F(RepositoryNameTest, StaysWhenAFolderIsMovedWithItsLake) {
  const KnownRepository found =
      identify_repository("", open(), inner_, {{"before", "/old/before", "folder:.."}});
  EXPECT_EQ(found.repo, "before");
  EXPECT_TRUE(check_name(found, inner_, {{"before", "/old/before", "folder:.."}}));
}

TEST_F(RepositoryNameTest, IsRefusedForASecondOrigin) {
  const KnownRepository mine = identify_repository("app", open(), shared_, {});
  EXPECT_TRUE(check_name(mine, shared_, {}));
  EXPECT_FALSE(check_name(mine, shared_, {mine}));
  EXPECT_THROW(check_name(mine, shared_, {{"app", "/elsewhere/app", "folder:/elsewhere/app"}}),
               Error);
  KnownRepository remote = mine;
  remote.origin = "example.org/a";
  EXPECT_TRUE(check_name(remote, shared_, {mine})) << "the same folder got a remote";
  KnownRepository other = remote;
  other.origin = "example.org/b";
  EXPECT_THROW(check_name(other, shared_, {remote}), Error);
}

TEST_F(RepositoryNameTest, MustBeFitForAColumn) {
  EXPECT_THROW(identify_repository("a\nb", open(), shared_, {}), Error);
  EXPECT_THROW(identify_repository("\xFF", open(), shared_, {}), Error);
  EXPECT_THROW(identify_repository(std::string(300, 'a'), open(), shared_, {}), Error);
  EXPECT_EQ(identify_repository("it's é", open(), shared_, {}).repo, "it's é");
}

}  // namespace
}  // namespace alluvium::code
