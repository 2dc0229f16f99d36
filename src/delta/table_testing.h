#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "alluvium/delta/write.h"
#include "alluvium/error.h"
#include "alluvium/session/session.h"
#include "frame/rows_testing.h"

namespace alluvium::delta::testing {

/// Runs `action` and returns the error that it must end with.
template <typename Action>
Error error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ErrorCode::Internal, "");
}

/// A folder for one test, gone before and after it, in which tables `n: int64, s: string` are made.
class TableTest : public ::testing::Test {
 protected:
  TableTest() { std::filesystem::remove_all(folder); }
  ~TableTest() override { std::filesystem::remove_all(folder); }

  /// Rows with `n` from `begin` to below `end`.
  [[nodiscard]] DataFrame numbers(int begin, int end) const {
    return session.sql(
        "SELECT value AS n, CAST(value AS VARCHAR) AS s FROM generate_series(0, 999) "
        "WHERE value >= $begin AND value < $end",
        {{"begin", lit(begin)}, {"end", lit(end)}});
  }
  CommitReport append(int begin, int end) const {
    return write(session, numbers(begin, end), {.table_uri = uri});
  }
  [[nodiscard]] DataFrame read(std::optional<std::int64_t> version = std::nullopt) const {
    return session.read(
        provider_from_session(session, {.table_uri = uri, .version = version}).provider);
  }
  [[nodiscard]] std::vector<std::string> ns(
      std::optional<std::int64_t> version = std::nullopt) const {
    return alluvium::testing::values_of(read(version).select({"n"}).sort({col("n").asc()}));
  }

  Session session = RuntimeProfile::trusted().open_session();
  std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) /
                                 ("alluvium_delta_" + std::to_string(::getpid()) + "_" +
                                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
  std::string uri = folder.string();
};

}  // namespace alluvium::delta::testing
