#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "alluvium/code/index.h"
#include "alluvium/code/lake.h"
#include "alluvium/error.h"
#include "code/temporary_folder_testing.h"
#include "frame/rows_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;
using alluvium::testing::Rows;
using alluvium::testing::rows_of;

/// `user.py` stays as it is while `lib.py` gets a function that it calls, so the run that follows
/// reads it again, to see what its references mean now.
class ChangingFilesTest : public ::testing::Test {
 protected:
  ChangingFilesTest() {
    fs::create_directories(app_);
    write("lib.py", "");
    write("user.py", "from lib import f\nf()\n");
    index({.repository = app_, .lake = folder_ / "lake", .repo = "app"});
    write("lib.py", "def f(): pass\n");
  }
  void write(const std::string& path, const std::string& text) const {
    std::ofstream(app_ / path, std::ios::binary) << text;
  }
  [[nodiscard]] Rows calls(const std::string& lake) const {
    return rows_of(Lake::open(folder_ / lake)
                       .session({})
                       .sql("SELECT callee_text, line, callee_def_id FROM calls ORDER BY line"));
  }
  /// The number of times that names were resolved.
  int index_while(const std::function<void(int)>& names_are_resolved) const {
    int times = 0;
    index({.repository = app_, .lake = folder_ / "lake", .repo = "app"},
          [&](const IndexProgress& progress) {
            if (progress.phase != "resolve names" || progress.done > 0) return;
            names_are_resolved(++times);
          });
    return times;
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
  fs::path app_ = folder_ / "app";
};

TEST_F(ChangingFilesTest, AreReadAgain) {
  EXPECT_EQ(index_while([&](int times) {
              if (times == 1) write("user.py", "from lib import f\n\nf()\nf(1)\n");
            }),
            2);
  index({.repository = app_, .lake = folder_ / "fresh", .repo = "app"});
  EXPECT_EQ(calls("lake").size(), 2U);
  EXPECT_EQ(calls("lake"), calls("fresh"));
}

TEST_F(ChangingFilesTest, ThatNeverRestLeaveTheLastRun) {
  for (const char* name : {"1", "2", "3", "4"}) {
    write("user" + std::string(name) + ".py", "from lib import g\ng()\n");
  }
  index({.repository = app_, .lake = folder_ / "lake", .repo = "app"});
  const Rows before = calls("lake");
  write("lib.py", "def g(): pass\n");
  try {
    // Each time one that had not changed yet: what had is read as it is.
    index_while([&](int times) {
      write("user" + std::to_string(times) + ".py", "from lib import g\n\ng()\n");
    });
    FAIL() << "a run of files that changed under it";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CommitConflict);
    EXPECT_TRUE(error.retryable());
  }
  EXPECT_EQ(calls("lake"), before);
  EXPECT_EQ(index_while([](int) {}), 1);
  index({.repository = app_, .lake = folder_ / "fresh", .repo = "app"});
  EXPECT_EQ(calls("lake"), calls("fresh"));
}

}  // namespace
}  // namespace alluvium::code
