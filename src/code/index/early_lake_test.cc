#include "code/index/early_lake.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <stop_token>
#include <string>

#include "alluvium/code/index.h"
#include "alluvium/error.h"
#include "alluvium/session/runtime_profile.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

class EarlyLakeTest : public ::testing::Test {
 protected:
  EarlyLakeTest() {
    fs::create_directories(folder_ / "app");
    std::ofstream(folder_ / "app/a.py") << "a = 1\n";
  }
  IndexReport run(const std::string& repository = "app") const {
    return index({.repository = folder_ / repository, .lake = lake_.folder(), .repo = "app"});
  }
  static Session open_session() { return RuntimeProfile::trusted().open_session(); }
  void break_runs() const {
    for (const auto& entry : fs::recursive_directory_iterator(lake_.table("runs"))) {
      if (entry.path().extension() == ".parquet") fs::resize_file(entry.path(), 3);
    }
  }
  /// The message of the error that indexing gives.
  [[nodiscard]] std::string failure(const std::string& repository) const {
    try {
      run(repository);
      return "";
    } catch (const Error& error) {
      return error.message();
    }
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
  LakeLayout lake_{folder_ / "lake"};
  Interrupt interrupt_;
};

TEST_F(EarlyLakeTest, IsReadWhereThereIsOne) {
  const ReadLake none = EarlyLake(lake_, open_session, interrupt_).take();
  EXPECT_FALSE(none.session || none.repositories || none.runs);
  EXPECT_FALSE(fs::exists(lake_.folder()));

  const IndexReport report = run();
  const ReadLake read = EarlyLake(lake_, open_session, interrupt_).take();
  ASSERT_TRUE(read.session && read.repositories && read.runs);
  EXPECT_EQ(read.repositories->at(0).repo, "app");
  EXPECT_EQ(read.runs->find_last("app")->run_id, report.run.run_id);
  EXPECT_TRUE(is_latest(lake_, read.runs->version));
}

TEST_F(EarlyLakeTest, LeavesUndoneWhatFails) {
  run();
  const auto fail = []() -> Session { throw std::runtime_error("no session"); };
  const ReadLake none = EarlyLake(lake_, fail, interrupt_).take();
  EXPECT_FALSE(none.session || none.repositories || none.runs);

  std::stop_source stop;
  stop.request_stop();
  interrupt_.stop = stop.get_token();
  EXPECT_FALSE(EarlyLake(lake_, open_session, interrupt_).take().runs);
  interrupt_ = {};
  break_runs();
  const ReadLake part = EarlyLake(lake_, open_session, interrupt_).take();
  EXPECT_TRUE(part.session && part.repositories);
  EXPECT_FALSE(part.runs);
  // Nobody need take it.
  EarlyLake(lake_, open_session, interrupt_);
}

TEST_F(EarlyLakeTest, ChangesNothingAboutWhichErrorComesFirst) {
  fs::create_directories(folder_ / "empty");
  EXPECT_NE(failure("empty").find("no Python"), std::string::npos);
  EXPECT_NE(failure("missing").find("missing"), std::string::npos);
  EXPECT_FALSE(fs::exists(lake_.folder()));
  run();
  break_runs();
  const std::string broken = failure("app");
  EXPECT_NE(broken, "");
  EXPECT_EQ(broken.find("no Python"), std::string::npos);
  EXPECT_NE(failure("empty").find("no Python"), std::string::npos);
}

TEST_F(EarlyLakeTest, IsReadAgainWhereTheLogWentOn) {
  run();
  std::ofstream(folder_ / "app/a.py") << "a = 2\n";
  const std::int64_t before = EarlyLake(lake_, open_session, interrupt_).take().runs->version;
  run();
  EXPECT_FALSE(is_latest(lake_, before));
  EXPECT_TRUE(is_latest(lake_, before + 1));
  // gc removes the beginning of a log.
  const fs::path log = lake_.table("runs") / "_delta_log";
  for (const std::int64_t version : {before, before + 1}) {
    fs::remove(log / ("0000000000000000000" + std::to_string(version) + ".json"));
  }
  EXPECT_FALSE(is_latest(lake_, before));
}

}  // namespace
}  // namespace alluvium::code
