#include "code/repository/read_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "alluvium/session/session.h"
#include "code/temporary_folder_testing.h"

namespace alluvium::code {
namespace {

namespace fs = std::filesystem;

class ReadFileTest : public testing::Test {
 protected:
  ReadFileTest() {
    fs::create_directories(folder_ / "root/sub");
    std::ofstream(folder_ / "root/sub/a.py") << "x = 1\n";
    std::ofstream(folder_ / "root/empty.py") << "";
    std::ofstream(folder_ / "root/large.py") << std::string(2000, 'x');
    std::ofstream(folder_ / "secret.py") << "secret";
    fs::create_symlink("../secret.py", folder_ / "root/link.py");
    fs::create_symlink("..", folder_ / "root/up");
  }
  Session open() {
    RuntimeProfile profile = RuntimeProfile::trusted();
    profile.functions = file_functions(files_of_folder(folder_ / "root"), 1000);
    return profile.open_session();
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path();
};

TEST_F(ReadFileTest, ReadsInsideAndTellsWhyNot) {
  const Session session = open();
  const auto rows =
      session
          .sql(
              "SELECT p, CAST(read_file(p) AS VARCHAR) AS content, read_failure(p) AS failure "
              "FROM (SELECT unnest(['sub/a.py', 'empty.py', 'large.py', 'link.py', "
              "'up/secret.py', '../secret.py', '/etc/passwd', 'none.py', 'sub']) AS p)")
          .collect();
  std::vector<std::string> read;
  std::int64_t count = 0;
  for (const RecordBatch& batch : rows) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      ++count;
      EXPECT_NE(batch.column("content").is_null(row), batch.column("failure").is_null(row));
      if (!batch.column("content").is_null(row)) {
        read.emplace_back(batch.column("p").bytes(row));
      }
    }
  }
  EXPECT_EQ(count, 9);
  EXPECT_EQ(read, (std::vector<std::string>{"sub/a.py", "empty.py"}));
}

}  // namespace
}  // namespace alluvium::code
