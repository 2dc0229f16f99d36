#include "code/repository/repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/error.h"
#include "code/repository/child_process.h"
#include "code/repository/git.h"
#include "code/temporary_folder_testing.h"
#include "code/written_file_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class RepositoryTest : public testing::Test {
 protected:
  RepositoryTest() {
    root_ = top_ / "project";
    fs::create_directory(root_);
  }

  void write(const std::string& path, const std::string& text = "x = 1\n") {
    write_file(root_ / path, text);
  }
  /// Runs git as a user would, without our precautions. False when it fails or isn't there.
  bool git(std::vector<std::string> arguments, fs::path where = {}) {
    std::vector<std::string> command = {"git",
                                        "-C",
                                        (where.empty() ? root_ : where).string(),
                                        "-c",
                                        "user.name=t",
                                        "-c",
                                        "user.email=t@example.org",
                                        "-c",
                                        "init.defaultBranch=main"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const char* const path = std::getenv("PATH");
    const auto result = run_child(
        command, {std::string("PATH=") + (path == nullptr ? "" : path), "HOME=" + top_.string()},
        {});
    return result && result->exit_code == 0;
  }
  Repository open(const fs::path& lake = {}) {
    return Repository::open(root_, lake.empty() ? root_ / ".alluvium" : lake, {});
  }
  static std::vector<std::string> paths(const Repository& repository) {
    std::vector<std::string> out;
    for (const SourceFile& file : repository.listing().sources) out.push_back(file.path);
    return out;
  }

  TemporaryFolder temporary_;
  fs::path top_ = temporary_.path();
  fs::path root_;
};

TEST_F(RepositoryTest, WalksAFolderWithoutGit) {
  write("pkg/__init__.py");
  write("pkg/a.pyi");
  write("b.py", "12345");
  write("setup.py");
  write("sub/pyproject.toml");
  write("notes.txt");
  for (const char* left_out : {".git", "__pycache__", ".venv", "venv", "node_modules", ".tox",
                               ".mypy_cache", ".pytest_cache", ".ruff_cache", ".alluvium"}) {
    write(std::string("pkg/") + left_out + "/no.py");
  }
  const Repository repository = open();
  EXPECT_THAT(paths(repository), ElementsAre("b.py", "pkg/__init__.py", "pkg/a.pyi", "setup.py"));
  EXPECT_THAT(repository.listing().markers, ElementsAre("setup.py", "sub/pyproject.toml"));
  EXPECT_EQ(repository.listing().sources[0].size_bytes, 5);
  EXPECT_EQ(repository.listing().sources[0].language, "python");
  EXPECT_EQ(repository.origin(), "");
  EXPECT_EQ(repository.revision().commit, "");
  EXPECT_FALSE(repository.revision().dirty);
}

TEST_F(RepositoryTest, LeavesTheLakeOut) {
  write("a.py");
  write("data/lake/b.py");
  write("data/lakeside/c.py");
  EXPECT_THAT(paths(open(root_ / "data/lake")), ElementsAre("a.py", "data/lakeside/c.py"));
}

TEST_F(RepositoryTest, RecordsLinksAndDoesNotFollowThem) {
  write("a.py");
  fs::create_directory(top_ / "outside");
  std::ofstream(top_ / "outside/secret.py") << "x";
  fs::create_symlink("../outside", root_ / "out");
  fs::create_symlink("../outside/secret.py", root_ / "leak.py");
  fs::create_symlink(".", root_ / "loop");
  fs::create_symlink("self", root_ / "self");
  ASSERT_EQ(::mkfifo((root_ / "pipe.py").c_str(), 0600), 0);
  const Repository repository = open();
  EXPECT_THAT(paths(repository), ElementsAre("a.py"));
  std::vector<std::string> skipped;
  for (const SkippedEntry& entry : repository.listing().skipped) {
    skipped.push_back(entry.path + " " + entry.code);
  }
  EXPECT_THAT(skipped, ElementsAre("leak.py symlink", "loop symlink", "out symlink",
                                   "pipe.py not-a-regular-file"));
}

TEST_F(RepositoryTest, StampsWhatItLists) {
  write("pkg/a.py");
  write("b.py");
  const std::int64_t before = now_ns();
  const Repository first = open();
  EXPECT_GE(first.listing().begun_ns, before);
  EXPECT_LE(first.listing().begun_ns, now_ns());
  const auto stamp = [&](std::size_t file) {
    return open().listing().sources.at(file).stamp.value();
  };
  EXPECT_EQ(stamp(0), first.listing().sources[0].stamp);
  EXPECT_EQ(stamp(1), first.listing().sources[1].stamp);
  EXPECT_NE(stamp(0).inode, stamp(1).inode);
  // Written over with as much, and its time set back.
  const FileStamp was = stamp(0);
  const fs::file_time_type time = fs::last_write_time(root_ / "b.py");
  write("b.py", "x = 2\n");
  fs::last_write_time(root_ / "b.py", time);
  const FileStamp is = stamp(0);
  EXPECT_EQ(is.modified_ns, was.modified_ns);
  EXPECT_EQ(is.inode, was.inode);
  EXPECT_GT(is.changed_ns, was.changed_ns);
}

TEST_F(RepositoryTest, StampsNothingBehindALink) {
  ASSERT_TRUE(git({"init", "-q"}));
  write("pkg/sub/a.py");
  write("pkg/z.py");
  ASSERT_TRUE(git({"add", "-A"}));
  EXPECT_TRUE(open().listing().sources.at(0).stamp);
  // The file is the same, and git lists it still; but it is never read.
  fs::rename(root_ / "pkg/sub", top_ / "sub");
  fs::create_directory_symlink(top_ / "sub", root_ / "pkg/sub");
  const Repository repository = open();
  EXPECT_THAT(paths(repository), ElementsAre("pkg/sub/a.py", "pkg/z.py"));
  EXPECT_FALSE(repository.listing().sources[0].stamp);
  EXPECT_TRUE(repository.listing().sources[1].stamp);
}

TEST_F(RepositoryTest, EscapesUndecodableNames) {
  write("a\xFF.py");
  EXPECT_THAT(paths(open()), ElementsAre("a%FF.py"));
}

TEST_F(RepositoryTest, ListsWhatGitKnowsAndDoesNotIgnore) {
  ASSERT_TRUE(git({"init", "-q"}));
  write(".gitignore", "build/\n");
  write("a.py");
  write("build/no.py");
  write("gone.py");
  fs::create_symlink("/etc", root_ / "link");
  ASSERT_TRUE(git({"add", "-A"}));
  ASSERT_TRUE(git({"commit", "-qm", "one"}));
  ASSERT_TRUE(git({"remote", "add", "origin", "https://me:secret@Example.org/Team/app.git"}));
  fs::remove(root_ / "gone.py");
  write("new name.py");
  fs::create_symlink("/usr", root_ / "untracked-link");

  const Repository repository = open();
  EXPECT_THAT(paths(repository), ElementsAre("a.py", "new name.py"));
  EXPECT_EQ(repository.listing().skipped.size(), 2U);
  EXPECT_EQ(repository.origin(), "example.org/Team/app");
  EXPECT_EQ(repository.revision().branch, "main");
  EXPECT_EQ(repository.revision().commit.size(), 40U);
  EXPECT_TRUE(repository.revision().dirty);
}

TEST_F(RepositoryTest, OnlySourcesMakeItDirty) {
  ASSERT_TRUE(git({"init", "-q"}));
  write("pkg/a.py");
  write("readme.md");
  ASSERT_TRUE(git({"add", "-A"}));
  EXPECT_TRUE(open().revision().dirty) << "no commit yet";
  ASSERT_TRUE(git({"commit", "-qm", "one"}));
  EXPECT_FALSE(open().revision().dirty);
  write("readme.md", "other");
  EXPECT_FALSE(open().revision().dirty);
  write("pkg/a.py", "x = 22\n");
  EXPECT_TRUE(open().revision().dirty);
}

TEST_F(RepositoryTest, ReadsACommitWithoutACheckout) {
  ASSERT_TRUE(git({"init", "-q"}));
  write("a.py", "one");
  write("large.py", std::string(2000, 'x'));
  ASSERT_TRUE(git({"add", "-A"}));
  ASSERT_TRUE(git({"commit", "-qm", "one"}));
  write("a.py", "two");
  const std::vector<std::string> commits = Repository::commits(root_, "HEAD", {});
  ASSERT_EQ(commits.size(), 1U);
  const Repository repository = Repository::at(root_, commits.front(), {});
  EXPECT_EQ(repository.revision().commit, commits.front());
  EXPECT_FALSE(repository.revision().dirty);
  EXPECT_EQ(repository.files()->read("a.py", 1000).bytes, "one");
  EXPECT_EQ(repository.files()->read("large.py", 1000).bytes, "");
  EXPECT_THAT(repository.files()->read("large.py", 1000).failure, testing::HasSubstr("2000 bytes"));
  EXPECT_EQ(repository.files()->read("large.py", 2000).bytes.size(), 2000U);
  EXPECT_NE(repository.files()->read("none.py", 1000).failure, "");
}

TEST_F(RepositoryTest, ReadsAFolderThatAnotherWorkTreeIgnores) {
  ASSERT_TRUE(git({"init", "-q"}, top_));
  std::ofstream(top_ / ".gitignore") << "project/\n";
  write("a.py");
  const Repository repository = open();
  EXPECT_THAT(paths(repository), ElementsAre("a.py"));
  EXPECT_EQ(repository.revision().branch, "") << "the outer history is not this folder's";
}

TEST_F(RepositoryTest, NamesAFolderInsideAWorkTree) {
  ASSERT_TRUE(git({"init", "-q"}, top_));
  ASSERT_TRUE(git({"remote", "add", "origin", "git@example.org:team/mono.git"}, top_));
  write("a.py");
  const Repository repository = open();
  EXPECT_THAT(paths(repository), ElementsAre("a.py"));
  EXPECT_EQ(repository.origin(), "example.org/team/mono/project");
}

TEST_F(RepositoryTest, RunsNothingThatTheRepositoryNames) {
  ASSERT_TRUE(git({"init", "-q"}));
  const fs::path trap = top_ / "sprung";
  const std::string touch = "touch " + trap.string();
  write("a.py");
  ASSERT_TRUE(git({"add", "-A"}));
  ASSERT_TRUE(git({"commit", "-qm", "one"}));
  write(".gitattributes", "*.py filter=trap\n");
  write("hook", "#!/bin/sh\n" + touch + "\n");
  fs::permissions(root_ / "hook", fs::perms::all);
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
           {"core.fsmonitor", (root_ / "hook").string()},
           {"core.hooksPath", root_.string()},
           {"core.pager", (root_ / "hook").string()},
           {"filter.trap.clean", touch},
           {"filter.trap.process", touch},
           {"filter.trap.required", "true"}}) {
    ASSERT_TRUE(git({"config", key, value}));
  }
  write("a.py", "y = 1\n");  // same size, so that git has to look at the content
  const Repository repository = open();
  EXPECT_THAT(paths(repository), ElementsAre("a.py"));
  EXPECT_TRUE(repository.revision().dirty);
  EXPECT_FALSE(fs::exists(trap));
  // The trap works: plain git springs it.
  (void)git({"status", "--porcelain"});
  EXPECT_TRUE(fs::exists(trap));
}

TEST_F(RepositoryTest, IgnoresAnEnvironmentThatPointsElsewhere) {
  ASSERT_TRUE(git({"init", "-q"}));
  write("a.py");
  ::setenv("GIT_DIR", "/nonexistent", 1);
  const Repository repository = open();
  ::unsetenv("GIT_DIR");
  EXPECT_EQ(repository.revision().branch, "main");
}

TEST_F(RepositoryTest, SaysWhatIsWrongWithThePath) {
  std::ofstream(top_ / "file") << "x";
  const auto code_of = [&](const fs::path& path) {
    try {
      Repository::open(path, path / ".alluvium", {});
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::Internal;
  };
  EXPECT_EQ(code_of(top_ / "none"), ErrorCode::NotFound);
  EXPECT_EQ(code_of(top_ / "file"), ErrorCode::InvalidArgument);
}

TEST_F(RepositoryTest, StopsWhenAsked) {
  write("a.py");
  std::stop_source source;
  source.request_stop();
  try {
    Repository::open(root_, root_ / ".alluvium", {.stop = source.get_token()});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Cancelled);
  }
}

TEST(NormaliseOrigin, GivesOneNameForAllSpellings) {
  for (const char* url :
       {"https://github.com/django/django.git", "https://github.com/django/django",
        "https://user:token@github.com/django/django/", "git@github.com:django/django.git",
        "ssh://git@github.com/django/django.git", "ssh://git@GitHub.com:22/django/django",
        "git://github.com:9418//django/django.git",
        "https://github.com/django/django?token=s3cret"}) {
    EXPECT_EQ(normalise_origin(url), "github.com/django/django") << url;
  }
  EXPECT_EQ(normalise_origin("ssh://git@example.org:2222/a/b"), "example.org:2222/a/b");
  EXPECT_EQ(normalise_origin("/srv/git/app.git"), "/srv/git/app");
  EXPECT_EQ(normalise_origin("file:///srv/git/app.git"), "/srv/git/app");
  EXPECT_EQ(normalise_origin(""), "");
}

}  // namespace
}  // namespace alluvium::code
