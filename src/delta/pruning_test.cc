// Which files a query reads, and queries without a session.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "alluvium/delta/pruning.h"
#include "alluvium/delta/query.h"
#include "delta/table_testing.h"

namespace alluvium::delta {
namespace {

using alluvium::testing::Rows;
using alluvium::testing::rows_of;
using testing::error_of;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PruningTest : public testing::TableTest {
 protected:
  // Five files a partition, of ten numbers each.
  PruningTest() {
    for (int begin = 0; begin < 100; begin += 20) {
      write(session, numbers(begin, begin + 20).with_column("part", col("n") % lit(2)),
            {.table_uri = uri, .partition_by = {"part"}});
    }
  }
  [[nodiscard]] PruningReport report(const DataFrame& frame) const {
    const std::vector<PruningReport> reports = pruning(frame);
    EXPECT_THAT(reports, SizeIs(1));
    return reports.front();
  }
};

TEST_F(PruningTest, SaysWhyFilesAreLeftOut) {
  const PruningReport all = report(read());
  EXPECT_EQ(all.files_total, 10);
  EXPECT_EQ(all.files_kept, 10);
  EXPECT_THAT(all.filters, IsEmpty());

  const PruningReport some =
      report(read().filter(col("part") == lit(std::int64_t{1}) && col("n") > lit(70)));
  EXPECT_EQ(some.files_total, 10);
  EXPECT_EQ(some.dropped_by_partition, 5);
  EXPECT_EQ(some.dropped_by_statistics, 3);
  EXPECT_EQ(some.files_kept, 2);
  EXPECT_EQ(some.version, 4);

  EXPECT_EQ(report(read().filter(col("n") > lit(1000))).files_kept, 0);
}

TEST_F(PruningTest, ReportsEachScan) {
  const DataFrame small = read().filter(col("n") < lit(5)).select({"n"});
  EXPECT_THAT(pruning(small.union_all(read(0).select({"n"}))), SizeIs(2));
  EXPECT_THAT(pruning(numbers(0, 1)), IsEmpty());
}

// delta-rs writes statistics of decimals as doubles.
TEST_F(PruningTest, NoFileIsSkippedByRoundedDecimals) {
  std::filesystem::remove_all(folder);
  const std::string nines = "99999999999999999999.999999999999999999";
  write(session,
        session.sql("SELECT CAST('" + nines +
                    "' AS DECIMAL(38, 18)) AS wide, "
                    "named_struct('d', CAST('" +
                    nines +
                    "' AS DECIMAL(38, 18))) AS part, "
                    "CAST('1.25' AS DECIMAL(10, 2)) AS narrow"),
        {.table_uri = uri});
  std::ifstream log(folder / "_delta_log" / "00000000000000000000.json");
  const std::string commit{std::istreambuf_iterator<char>(log), {}};
  EXPECT_THAT(commit, ::testing::HasSubstr("\"narrow\\\":1.25"));
  EXPECT_THAT(commit, ::testing::Not(::testing::HasSubstr("e+19")));
  EXPECT_EQ(read().filter(col("wide") == lit(nines).cast(decimal128(38, 18))).count(), 1U);
}

TEST_F(PruningTest, ScansReadAsAskedFor) {
  const ScanOptions options{
      .file_column_name = "file",
      .schema = Schema{{{"file", utf8()}, {"n", int32(), true}, {"s", utf8(), true}}}};
  const DataFrame rows = session.read(
      provider_from_session(session, {.table_uri = uri, .version = 0, .delta_scan = options})
          .provider);
  ASSERT_GE(rows.schema().index_of("file"), 0);
  EXPECT_EQ(rows.schema().fields.at(1).type, int32());
  EXPECT_EQ(rows_of(rows.filter(col("n") == lit(7)).select({"n", "s"})), (Rows{{"7", "7"}}));
}

TEST_F(PruningTest, AQueryWithoutASessionReachesItsTablesAlone) {
  EXPECT_EQ(
      rows_of(query_delta_sql("SELECT count(*), max(n) FROM t WHERE n < $below",
                              {{"t", {.table_uri = uri, .version = 1}}}, {{"below", lit(35)}})),
      (Rows{{"35", "34"}}));
  const auto code = [&](std::string_view sql) {
    return error_of([&] { (void)query_delta_sql(sql, {{"t", {.table_uri = uri}}}).count(); })
        .code();
  };
  EXPECT_EQ(code("DELETE FROM t"), ErrorCode::PolicyViolation);
  EXPECT_EQ(code("CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'"),
            ErrorCode::PolicyViolation);
  EXPECT_EQ(code("SELECT * FROM nothing"), ErrorCode::InvalidQuery);
}

}  // namespace
}  // namespace alluvium::delta
