#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "alluvium/code/gc.h"
#include "alluvium/code/index.h"
#include "alluvium/delta/provider.h"
#include "code/publish/runs_table.h"
#include "code/publish/utc_time.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

constexpr UtcMicros kHour = UtcMicros{3'600} * 1'000'000;

/// The lake has a row that a run or gc wrote while the machine's clock was an hour ahead.
class ClockSetBackTest : public ::testing::Test {
 protected:
  ClockSetBackTest() : session_(RuntimeProfile::trusted().open_session()) {
    fs::create_directories(app_);
    write("def f(): pass\n");
    run_ = indexed();
  }
  void write(const std::string& text) const {
    std::ofstream(app_ / "a.py", std::ios::binary) << text;
  }
  [[nodiscard]] code::Run indexed() const {
    return index({.repository = app_, .lake = lake_.folder(), .repo = "app"}).run;
  }
  UtcMicros publish_ahead(const std::string& kind) {
    const UtcMicros ahead = utc_now() + kHour;
    code::Run run = run_;
    run.run_id = std::string(32, 'f');
    run.kind = kind;
    run.finished_at = utc_text(ahead);
    append_run(session_, lake_, run, {});
    return ahead;
  }

  Session session_;
  TemporaryFolder temporary_;
  fs::path app_ = temporary_.path() / "app";
  LakeLayout lake_{temporary_.path() / "lake"};
  code::Run run_;
};

TEST_F(ClockSetBackTest, TheNextRunIsLaterThanMaintenance) {
  const UtcMicros ahead = publish_ahead("maintenance");
  write("def g(): pass\n");
  EXPECT_GT(utc_micros(indexed().finished_at), ahead);
}

TEST_F(ClockSetBackTest, MaintenanceIsLaterThanAllRuns) {
  // The current run is the one of the work tree, which finished before.
  const UtcMicros ahead = publish_ahead("commit");
  for (const char* text : {"def g(): pass\n", "def h(): pass\n"}) {
    write(text);
    run_ = indexed();
  }
  const UtcMicros further = publish_ahead("commit");
  ASSERT_GT(further, ahead);
  collect_garbage({.lake = lake_.folder(), .keep = 1, .dry_run = false});
  const DataFrame newest =
      session_
          .read(delta::provider_from_session(session_, {.table_uri = lake_.uri("runs")}).provider)
          .filter(col("finished_at").cast(int64()) > lit(further));
  EXPECT_EQ(newest.filter(col("kind") == lit("maintenance")).count(), 1U);
}

TEST_F(ClockSetBackTest, OtherRepositoriesGoByTheClock) {
  const UtcMicros ahead = publish_ahead("maintenance");
  const code::Run other = index({.repository = app_, .lake = lake_.folder(), .repo = "other"}).run;
  EXPECT_LT(utc_micros(other.finished_at), ahead);
}

}  // namespace
}  // namespace alluvium::code
