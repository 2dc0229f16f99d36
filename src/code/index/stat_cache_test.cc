#include "code/index/stat_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSecond = 1'000'000'000;

class StatCacheTest : public testing::Test {
 protected:
  [[nodiscard]] std::optional<StatCache> read(const std::string& repo = "app",
                                              const std::string& root = "/app",
                                              const std::string& run_id = "r1") const {
    return read_stat_cache(lake_, repo, root, run_id);
  }
  [[nodiscard]] std::string bytes() const {
    std::ifstream file(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void replace(const std::string& bytes) const {
    fs::create_directories(file_.parent_path());
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << bytes;
  }

  TemporaryFolder temporary_;
  LakeLayout lake_{temporary_.path()};
  fs::path file_ = stat_cache_file(lake_, "app", "/app");
  StatCache cache_ = {
      .repo = "app",
      .root = "/app",
      .run_id = "r1",
      .begun_ns = 100 * kSecond,
      .files = {{"a.py", 3, {1, 2, 90 * kSecond, 91 * kSecond}, "aa"}, {"b.py", 0, {}, ""}}};
};

TEST_F(StatCacheTest, IsReadAsItWasWritten) {
  EXPECT_EQ(read(), std::nullopt);
  ASSERT_TRUE(write_stat_cache(lake_, cache_));
  EXPECT_EQ(read(), cache_);
  cache_.run_id = "r2";
  cache_.files.pop_back();
  // A killed run's draft is in nobody's way.
  std::ofstream(file_.string() + ".draft") << "a part";
  ASSERT_TRUE(write_stat_cache(lake_, cache_));
  EXPECT_EQ(read("app", "/app", "r2"), cache_);
  EXPECT_EQ(std::distance(fs::directory_iterator(lake_.stat()), fs::directory_iterator()), 1);
}

TEST_F(StatCacheTest, OfAnotherRunRootOrRepositoryIsNone) {
  ASSERT_TRUE(write_stat_cache(lake_, cache_));
  EXPECT_EQ(read("app", "/app", "r2"), std::nullopt);
  for (const auto& [repo, root] : {std::pair{"app", "/other"}, std::pair{"other", "/app"}}) {
    EXPECT_EQ(read(repo, root), std::nullopt);
    // Nor when it lies where that one would be.
    fs::copy_file(file_, stat_cache_file(lake_, repo, root));
    EXPECT_EQ(read(repo, root), std::nullopt);
  }
  EXPECT_EQ(read(), cache_);
}

TEST_F(StatCacheTest, DamagedIsNone) {
  ASSERT_TRUE(write_stat_cache(lake_, cache_));
  const std::string good = bytes();
  for (std::size_t size = 0; size < good.size(); ++size) {
    replace(good.substr(0, size));
    EXPECT_EQ(read(), std::nullopt) << "cut off after " << size;
  }
  for (std::size_t place = 0; place < good.size(); ++place) {
    std::string bad = good;
    bad[place] = static_cast<char>(bad[place] ^ 0x10);
    replace(bad);
    EXPECT_EQ(read(), std::nullopt) << "another byte at " << place;
  }
  replace(good + "more");
  EXPECT_EQ(read(), std::nullopt);
  replace(std::string(1000, '\xff'));
  EXPECT_EQ(read(), std::nullopt);
  replace(good);
  EXPECT_EQ(read(), cache_);
}

TEST_F(StatCacheTest, ThatMakesNoSenseIsNone) {
  cache_.begun_ns = INT64_MIN;
  ASSERT_TRUE(write_stat_cache(lake_, cache_));
  EXPECT_EQ(read(), std::nullopt);
  cache_.begun_ns = 100 * kSecond;
  std::swap(cache_.files[0], cache_.files[1]);
  ASSERT_TRUE(write_stat_cache(lake_, cache_));
  EXPECT_EQ(read(), std::nullopt);
}

TEST_F(StatCacheTest, BehindALinkIsNone) {
  ASSERT_TRUE(write_stat_cache(lake_, cache_));
  const fs::path elsewhere = temporary_.path() / "elsewhere";
  fs::rename(file_, temporary_.path() / "cache");
  fs::create_symlink(temporary_.path() / "cache", file_);
  EXPECT_EQ(read(), std::nullopt);
  ASSERT_TRUE(write_stat_cache(lake_, cache_));  // in place of the link
  EXPECT_EQ(read(), cache_);
  fs::rename(lake_.stat(), elsewhere);
  fs::create_directory_symlink(elsewhere, lake_.stat());
  EXPECT_EQ(read(), std::nullopt);
  cache_.run_id = "r2";
  EXPECT_FALSE(write_stat_cache(lake_, cache_));
  fs::remove(lake_.stat());
  fs::create_directory(lake_.stat());
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(read(), std::nullopt);
}

TEST_F(StatCacheTest, ThatCannotBeWrittenIsHarmless) {
  std::ofstream(lake_.stat()) << "a file where the folder would be";
  EXPECT_FALSE(write_stat_cache(lake_, cache_));
  EXPECT_EQ(read(), std::nullopt);
}

TEST_F(StatCacheTest, TrustsWhatLooksTheSameAndHasRested) {
  const SourceFile file{"a.py", 3, "python", cache_.files[0].stamp};
  const auto is_same = [&](const auto& change) {
    StatCache cache = cache_;
    SourceFile now = file;
    change(cache, cache.files[0], now);
    return is_same_without_a_look(cache, cache.files[0], now);
  };
  EXPECT_TRUE(is_same([](auto&, auto&, auto&) {}));
  EXPECT_FALSE(is_same([](auto&, auto&, SourceFile& now) { now.size_bytes = 4; }));
  EXPECT_FALSE(is_same([](auto&, auto&, SourceFile& now) { now.stamp->device = 7; }));
  EXPECT_FALSE(is_same([](auto&, auto&, SourceFile& now) { now.stamp->inode = 7; }));
  EXPECT_FALSE(is_same([](auto&, auto&, SourceFile& now) { --now.stamp->modified_ns; }));
  EXPECT_FALSE(is_same([](auto&, auto&, SourceFile& now) { --now.stamp->changed_ns; }));
  EXPECT_FALSE(is_same([](auto&, auto&, SourceFile& now) { now.stamp.reset(); }));
  EXPECT_FALSE(is_same([](auto&, KnownFile& known, auto&) { known.content_hash.clear(); }));

  const auto with_times = [&](std::int64_t modified_ns, std::int64_t changed_ns) {
    return is_same([&](auto&, KnownFile& known, SourceFile& now) {
      known.stamp.modified_ns = modified_ns;
      known.stamp.changed_ns = changed_ns;
      now.stamp = known.stamp;
    });
  };
  EXPECT_TRUE(with_times(INT64_MIN, 98 * kSecond - 1));
  EXPECT_FALSE(with_times(90 * kSecond, 98 * kSecond));
  EXPECT_FALSE(with_times(98 * kSecond, 90 * kSecond));
  EXPECT_FALSE(with_times(90 * kSecond, 100 * kSecond));
  EXPECT_FALSE(with_times(90 * kSecond, 200 * kSecond));  // the clock was set back since
  EXPECT_FALSE(with_times(INT64_MAX, 90 * kSecond));
}

}  // namespace
}  // namespace alluvium::code
