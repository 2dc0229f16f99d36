#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "alluvium/code/index.h"
#include "alluvium/code/lake.h"
#include "code/index/stat_cache.h"
#include "code/repository/git_testing.h"
#include "code/repository/repository.h"
#include "code/temporary_folder_testing.h"
#include "code/written_file_testing.h"
#include "frame/rows_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using alluvium::testing::Rows;
using alluvium::testing::rows_of;

/// A repository whose files mostly need no look, since the last run keeps what it found.
class KnownFilesTest : public ::testing::Test {
 protected:
  KnownFilesTest() {
    write("a.py", "a = 1\n");
    write("b.py", "b = 1\n");
    write("pkg/c.py", "c = 1\n");
  }
  void write(const std::string& path, const std::string& text) const {
    write_file(app_ / path, text);
  }
  /// So that only the time at which the inode changed tells it.
  void write_unseen(const std::string& path, const std::string& text) const {
    const fs::file_time_type time = fs::last_write_time(app_ / path);
    write(path, text);
    fs::last_write_time(app_ / path, time);
  }
  /// Long enough for files to be trusted afterwards.
  static void rest() { std::this_thread::sleep_for(std::chrono::milliseconds(2100)); }

  /// Indexes; `at` is called when a phase begins.
  IndexReport run(const std::function<void(const std::string&)>& at = {}) {
    last_ = index({.repository = app_, .lake = folder_ / "lake", .repo = "app"},
                  [&](const IndexProgress& progress) {
                    if (at && progress.done == 0) at(progress.phase);
                  });
    return last_;
  }
  [[nodiscard]] StatCache cache() const {
    return read_stat_cache(lake_, "app", app_.string(), last_.run.run_id).value();
  }
  [[nodiscard]] Listing listing() const {
    return Repository::open(app_, folder_ / "lake", {}).listing();
  }
  [[nodiscard]] std::size_t trusted() const {
    return count_same_without_a_look(cache(), listing());
  }
  /// What the lake has is what a fresh one has.
  void expect_as_fresh() const {
    fs::remove_all(folder_ / "fresh");
    index({.repository = app_, .lake = folder_ / "fresh", .repo = "app"});
    EXPECT_EQ(files("lake"), files("fresh"));
  }
  [[nodiscard]] Rows files(const std::string& lake) const {
    return rows_of(Lake::open(folder_ / lake)
                       .session({})
                       .sql("SELECT path, module, content_hash, size_bytes, parse_status "
                            "FROM files ORDER BY path"));
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
  fs::path app_ = folder_ / "app";
  LakeLayout lake_{folder_ / "lake"};
  IndexReport last_;
};

TEST_F(KnownFilesTest, AreThoseOfTheLastRunHoweverItCameAbout) {
  EXPECT_EQ(run().files_added, 3U);
  // All are as young as the run.
  EXPECT_EQ(cache().files.size(), 3U);
  EXPECT_EQ(trusted(), 0U);
  rest();
  EXPECT_TRUE(run().unchanged);
  EXPECT_EQ(trusted(), 3U);
  const fs::file_time_type written = fs::last_write_time(stat_cache_file(lake_, "app", app_));
  EXPECT_TRUE(run().unchanged);
  EXPECT_EQ(fs::last_write_time(stat_cache_file(lake_, "app", app_)), written);

  write("b.py", "b = 2\n");
  fs::remove(app_ / "a.py");
  write("d.py", "d = 1\n");
  run();
  EXPECT_EQ(last_.files_added + last_.files_changed + last_.files_removed, 3U);
  EXPECT_EQ(trusted(), 1U);
  expect_as_fresh();
  // What was only touched is known again.
  rest();
  EXPECT_TRUE(run().unchanged);
  EXPECT_EQ(trusted(), 3U);
  fs::last_write_time(app_ / "b.py", fs::last_write_time(app_ / "b.py") - std::chrono::hours(1));
  EXPECT_EQ(trusted(), 2U);
  rest();
  EXPECT_TRUE(run().unchanged);
  EXPECT_EQ(trusted(), 3U);
}

TEST_F(KnownFilesTest, ThatWereWrittenUnseenAreFound) {
  run();
  rest();
  run();
  ASSERT_EQ(trusted(), 3U);
  write_unseen("b.py", "b = 2\n");
  EXPECT_EQ(run().files_changed, 1U);
  expect_as_fresh();
  // Another file in its place, with its size and time.
  const fs::file_time_type time = fs::last_write_time(app_ / "pkg/c.py");
  write("new", "c = 2\n");
  fs::last_write_time(app_ / "new", time);
  fs::rename(app_ / "new", app_ / "pkg/c.py");
  EXPECT_EQ(run().files_changed, 1U);
  expect_as_fresh();
  fs::remove(app_ / "a.py");
  fs::create_symlink("b.py", app_ / "a.py");
  EXPECT_EQ(run().files_removed, 1U);
  expect_as_fresh();
}

TEST_F(KnownFilesTest, AsYoungAsTheRunAreReadAgain) {
  // Written after its files were read, with the same size and time.
  run([&](const std::string& phase) {
    if (phase == "publish") write_unseen("b.py", "b = 2\n");
  });
  EXPECT_EQ(run().files_changed, 1U);

  // Within one tick of the clock, the file looks the same as before.
  write("b.py", "b = 3\n");
  StatCache forged = cache();
  forged.files[1].stamp = listing().sources[1].stamp.value();
  ASSERT_TRUE(write_stat_cache(lake_, forged));
  EXPECT_EQ(run().files_changed, 1U);
  expect_as_fresh();

  // The same once the file has rested is a file that needs no look: it is given none.
  write("b.py", "b = 4\n");
  rest();
  forged = cache();
  forged.files[1].stamp = listing().sources[1].stamp.value();
  forged.begun_ns = now_ns();
  ASSERT_TRUE(write_stat_cache(lake_, forged));
  EXPECT_TRUE(run().unchanged);
  // Nor is it where all are to be read, or the clock was set back.
  forged.begun_ns = now_ns() + 3'600'000'000'000;
  ASSERT_TRUE(write_stat_cache(lake_, forged));
  EXPECT_EQ(run().files_changed, 1U);
  expect_as_fresh();
}

TEST_F(KnownFilesTest, BehindALinkAreReadAgain) {
  ASSERT_TRUE(git(app_, {"init", "-q"}));
  ASSERT_TRUE(git(app_, {"add", "-A"}));
  run();
  rest();
  run();
  ASSERT_EQ(trusted(), 3U);
  fs::rename(app_ / "pkg", folder_ / "pkg");
  fs::create_directory_symlink(folder_ / "pkg", app_ / "pkg");
  // The same file at the same path, which may not be read any more.
  run();
  EXPECT_EQ(last_.files_changed, 1U);
  expect_as_fresh();
}

TEST_F(KnownFilesTest, AreComparedWithWhatWasPublished) {
  write("src/d.py", "d = 1\n");
  run();
  write("b.py", "b = 2\n");
  write("src/__init__.py", "");  // d becomes src.d, so its file is parsed
  run([&](const std::string& phase) {
    if (phase != "parse files") return;
    write("b.py", "b = 3\n");
    write("src/d.py", "d = 3\n");
  });
  EXPECT_EQ(last_.files_changed, 1U);
  // As they were when they were compared, and not when they were parsed.
  write("b.py", "b = 2\n");
  write("src/d.py", "d = 1\n");
  EXPECT_EQ(run().files_changed, 2U);
  expect_as_fresh();
}

TEST_F(KnownFilesTest, AreReadWhenNothingIsKnown) {
  run();
  const fs::path file = stat_cache_file(lake_, "app", app_);
  const auto expect_found = [&](const std::string& what, const std::string& text) {
    SCOPED_TRACE(what);
    EXPECT_TRUE(run().unchanged);
    write("b.py", text);
    EXPECT_EQ(run().files_changed, 1U);
    expect_as_fresh();
  };
  fs::remove_all(lake_.stat());
  expect_found("none", "b = 2\n");
  std::ofstream(file, std::ios::binary) << "no cache";
  expect_found("garbage", "b = 3\n");
  fs::resize_file(file, fs::file_size(file) / 2);
  expect_found("cut off", "b = 4\n");
  StatCache other = cache();
  other.run_id = "another";
  for (KnownFile& known : other.files) known.content_hash = std::string(64, 'a');
  ASSERT_TRUE(write_stat_cache(lake_, other));
  expect_found("of another run", "b = 5\n");
  fs::remove_all(lake_.stat());
  std::ofstream(lake_.stat()) << "no folder";
  expect_found("can't be written", "b = 6\n");
}

}  // namespace
}  // namespace alluvium::code
