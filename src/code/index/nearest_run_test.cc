#include "code/index/nearest_run.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "alluvium/code/gc.h"
#include "alluvium/code/index.h"
#include "alluvium/code/lake.h"
#include "code/repository/git_testing.h"
#include "code/temporary_folder_testing.h"
#include "code/written_file_testing.h"
#include "frame/rows_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using alluvium::testing::Rows;
using alluvium::testing::rows_of;

/// Eleven files, which each branch has in another form.
class NearestRunTest : public ::testing::Test {
 protected:
  void switch_to(const std::string& branch) const {
    for (int i = 0; i < 10; ++i) {
      write("m" + std::to_string(i), "def " + branch + "_" + std::to_string(i) + "(): pass\n");
    }
    write("user", "from app.m0 import " + branch + "_0\n" + branch + "_0()\n");
  }
  void write(const std::string& module, const std::string& text) const {
    write_file(app_ / "app" / (module + ".py"), text);
  }
  [[nodiscard]] IndexRequest request() const {
    return {.repository = app_, .lake = folder_ / "lake", .repo = "app"};
  }
  IndexReport run() const { return index(request()); }
  [[nodiscard]] Rows calls(const fs::path& lake) const {
    return rows_of(Lake::open(lake).session({}).sql(
        "SELECT callee_text, resolution, callee_def_id FROM calls ORDER BY callee_text"));
  }
  void expect_as_fresh() const {
    index({.repository = app_, .lake = folder_ / "fresh", .repo = "app"});
    EXPECT_EQ(calls(folder_ / "lake"), calls(folder_ / "fresh"));
    fs::remove_all(folder_ / "fresh");
  }
  [[nodiscard]] bool commit() const {
    return git(app_, {"add", "-A"}) && git(app_, {"commit", "-qm", "x"});
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
  fs::path app_ = folder_ / "app";
};

TEST_F(NearestRunTest, IsGoneBackToWhereTheFilesAreItsOwn) {
  switch_to("one");
  const IndexReport first = run();
  EXPECT_EQ(first.went_back_to, "");
  switch_to("two");
  const IndexReport second = run();
  EXPECT_EQ(second.went_back_to, "");
  switch_to("one");
  const IndexReport third = run();
  EXPECT_EQ(third.went_back_to, first.run.run_id);
  EXPECT_EQ(third.run.parent_run_id, second.run.run_id);
  EXPECT_EQ(third.files_added + third.files_changed + third.files_removed, 0U);
  EXPECT_EQ(third.files_resolved, 0U);
  EXPECT_EQ(third.run.counts, first.run.counts);
  for (const auto& [table, version] : second.run.versions) {
    EXPECT_GE(third.run.versions.at(table), version) << table;
  }
  expect_as_fresh();
  EXPECT_TRUE(run().unchanged);
  write("user", "from app.m1 import one_1\none_1()\n");
  EXPECT_EQ(run().went_back_to, "") << "its tables are those of the last run";
  expect_as_fresh();
}

TEST_F(NearestRunTest, IsWhatDiffersLeastIsWorkedOnFrom) {
  switch_to("one");
  const IndexReport first = run();
  switch_to("two");
  run();
  switch_to("one");
  write("more", "import app.m3\n");
  write("m5", "def other(): pass\n");
  const IndexReport back = run();
  EXPECT_EQ(back.went_back_to, first.run.run_id);
  EXPECT_EQ(back.files_added, 1U);
  EXPECT_EQ(back.files_changed, 1U);
  expect_as_fresh();
}

TEST_F(NearestRunTest, IsTheLastWhereFewFilesDiffer) {
  switch_to("one");
  run();
  write("m5", "def other(): pass\n");
  run();
  write("m5", "def one_5(): pass\n");
  const IndexReport back = run();
  EXPECT_EQ(back.went_back_to, "");
  EXPECT_EQ(back.files_changed, 1U);
}

TEST_F(NearestRunTest, IsOneOfTheSameSettings) {
  switch_to("one");
  const IndexReport first = run();
  IndexRequest others = request();
  others.max_file_bytes = 1000;
  EXPECT_NE(index(others).run.rebuild_reason, "");
  const IndexReport back = run();
  EXPECT_EQ(back.went_back_to, first.run.run_id) << "no table is made anew";
  EXPECT_EQ(back.run.rebuild_reason, "");
  expect_as_fresh();
}

TEST_F(NearestRunTest, IsNoPartOfOneAndNotUsedByForce) {
  switch_to("one");
  IndexRequest part = request();
  part.only = {"definitions"};
  index(part);
  switch_to("two");
  const IndexReport second = run();
  switch_to("one");
  EXPECT_EQ(run().went_back_to, "");
  switch_to("two");
  IndexRequest forced = request();
  forced.force = true;
  const IndexReport anew = index(forced);
  EXPECT_EQ(anew.went_back_to, "");
  EXPECT_EQ(anew.run.rebuild_reason, "--force");
  EXPECT_EQ(anew.run.counts, second.run.counts);
}

TEST_F(NearestRunTest, IsOneThatIsKept) {
  switch_to("one");
  run();
  switch_to("two");
  run();
  collect_garbage({.lake = folder_ / "lake", .keep = 1});
  switch_to("one");
  const IndexReport anew = run();
  EXPECT_EQ(anew.went_back_to, "");
  EXPECT_EQ(anew.files_changed, 11U);
  expect_as_fresh();
}

TEST_F(NearestRunTest, IsLeftAloneWhereItsFilesAreGoneOrCutOff) {
  switch_to("one");
  run();
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "lake" / "calls")) {
    if (entry.path().extension() == ".parquet") files.push_back(entry.path());
  }
  ASSERT_FALSE(files.empty());
  switch_to("two");
  run();
  fs::resize_file(files.front(), fs::file_size(files.front()) / 2);
  switch_to("one");
  const IndexReport anew = run();
  EXPECT_EQ(anew.went_back_to, "");
  EXPECT_EQ(anew.files_changed, 11U);
  expect_as_fresh();
  switch_to("two");
  EXPECT_NE(run().went_back_to, "");
  expect_as_fresh();
}

TEST_F(NearestRunTest, HasItsProblems) {
  switch_to("one");
  write("broken", "def f(:\n");
  const IndexReport first = run();
  EXPECT_FALSE(first.diagnostics.empty());
  switch_to("two");
  write("broken", "");
  EXPECT_TRUE(run().diagnostics.empty());
  switch_to("one");
  write("broken", "def f(:\n");
  const IndexReport back = run();
  EXPECT_EQ(back.went_back_to, first.run.run_id);
  EXPECT_EQ(back.diagnostics, first.diagnostics);
}

TEST_F(NearestRunTest, IsLookedForByCommitAndBranchFirst) {
  switch_to("one");
  ASSERT_TRUE(git(app_, {"init", "-q", "-b", "main"}) && commit());
  const IndexReport first = run();
  // The same files at another commit, and then more other ones than are looked at.
  ASSERT_TRUE(git(app_, {"checkout", "-q", "-b", "feature"}));
  write_file(app_ / "README", "x");
  ASSERT_TRUE(commit());
  run();
  for (int i = 0; i < 6; ++i) {
    switch_to("f" + std::to_string(i));
    ASSERT_TRUE(commit());
    run();
  }
  ASSERT_TRUE(git(app_, {"checkout", "-q", "main"}));
  EXPECT_EQ(run().went_back_to, first.run.run_id);
  for (int i = 0; i < 6; ++i) {
    switch_to("dirty" + std::to_string(i));
    run();
  }
  ASSERT_TRUE(git(app_, {"checkout", "-q", "."}));
  const IndexReport back = run();
  EXPECT_EQ(back.files_changed, 0U) << "a clean run of the commit is looked at before others";
  expect_as_fresh();
}

}  // namespace
}  // namespace alluvium::code
