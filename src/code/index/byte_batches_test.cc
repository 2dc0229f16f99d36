#include "code/index/byte_batches.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "code/index/listing_tables.h"
#include "code/repository/read_file.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

Listing files_of_size(const std::vector<std::int64_t>& sizes) {
  Listing listing;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    listing.sources.push_back({std::to_string(i) + ".py", sizes[i], "python"});
  }
  return listing;
}

TEST(RegisterByBytes, KeepsAllRowsAndBoundsBatches) {
  const Session session = RuntimeProfile{.target_partitions = 2}.open_session();
  constexpr std::int64_t kMegabyte = 1 << 20;
  std::vector<std::int64_t> sizes = {5 * kMegabyte, 10, 20};
  for (int i = 0; i < 100; ++i) sizes.push_back(kMegabyte / 4);
  const std::vector<RecordBatch> listed = listing_batches("r", files_of_size(sizes));
  register_by_bytes(session, "files", listed.front().schema(), listed, 2);
  std::set<std::string> paths;
  std::int64_t largest_first = 0;
  for (const RecordBatch& batch : session.table("files").collect()) {
    std::int64_t bytes = 0;
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      paths.emplace(batch.column("path").bytes(row));
      bytes += batch.column("size_bytes").int64(row);
      largest_first = std::max(largest_first, batch.column("size_bytes").int64(row));
    }
    // Only a file that is larger by itself makes a larger batch.
    if (batch.row_count() > 1) {
      EXPECT_LT(bytes, kMegabyte + kMegabyte / 4);
    }
  }
  EXPECT_EQ(paths.size(), sizes.size());
  EXPECT_EQ(largest_first, 5 * kMegabyte);
}

class CountedReadsTest : public testing::Test {
 protected:
  CountedReadsTest() {
    for (const char* file : {"0.py", "1.py", "2.py"}) std::ofstream(folder_ / file) << "x = 1\n";
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

// The plans of `index` use the content several times, and must read each file once. The engine
// copies expressions as it likes; this notices when a new version does.
TEST_F(CountedReadsTest, AreOneForEachFile) {
  const auto count = std::make_shared<std::atomic<std::uint64_t>>(0);
  RuntimeProfile profile = RuntimeProfile::trusted();
  profile.functions = file_functions(files_of_folder(folder_), 1000, count);
  const Session session = profile.open_session();
  const std::vector<RecordBatch> listed = listing_batches("r", files_of_size({1, 2, 3}));
  register_by_bytes(session, "files_to_read", listed.front().schema(), listed, 2);
  (void)session
      .sql(
          "SELECT path, CASE WHEN content IS NULL THEN '' ELSE "
          "encode(digest(content, 'blake3'), 'hex') END AS content_hash, "
          "length(CAST(content AS VARCHAR)) AS f "
          "FROM (SELECT path, read_file(path) AS content FROM files_to_read)")
      .collect();
  EXPECT_EQ(count->load(), 3U);
}

}  // namespace
}  // namespace alluvium::code
