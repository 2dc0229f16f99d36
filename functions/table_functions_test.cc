#include <gmock/gmock.h>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/functions/tables.h"
#include "delta/table_testing.h"

namespace alluvium {
namespace {

using delta::testing::error_of;
using ::testing::ElementsAre;
using testing::Rows;
using testing::rows_of;
using testing::values_of;

class TableFunctions : public delta::testing::TableTest {
 protected:
  TableFunctions() {
    RuntimeProfile profile = RuntimeProfile::trusted();
    profile.functions = table_functions();
    session = profile.open_session();
  }

  // The answer to `query`, whose $uri is the table.
  [[nodiscard]] Rows ask(const std::string& query) const {
    return rows_of(session.sql(query, {{"uri", lit(uri)}}));
  }
  [[nodiscard]] ErrorCode code_of(const std::string& query) const {
    return error_of([&] { (void)session.sql(query, {{"uri", lit(uri)}}); }).code();
  }
};

TEST_F(TableFunctions, ReadDelta) {
  append(0, 2);
  append(2, 3);
  EXPECT_EQ(ask("SELECT n FROM read_delta($uri) ORDER BY n"), (Rows{{"0"}, {"1"}, {"2"}}));
  EXPECT_EQ(ask("SELECT n FROM read_delta($uri, version => 0) ORDER BY n"), (Rows{{"0"}, {"1"}}));
  EXPECT_EQ(ask("SELECT count(*) FROM read_delta($uri, timestamp => '2100-01-01T00:00:00Z')"),
            (Rows{{"3"}}));
  EXPECT_EQ(code_of("SELECT * FROM read_delta($uri, version => 9)"), ErrorCode::NotFound);
  EXPECT_EQ(code_of("SELECT * FROM read_delta('/no/such/table')"), ErrorCode::NotFound);
  EXPECT_EQ(code_of("SELECT * FROM read_delta(NULL)"), ErrorCode::InvalidQuery);
  EXPECT_EQ(code_of("SELECT * FROM read_delta($uri, 'latest')"), ErrorCode::InvalidQuery);
  EXPECT_EQ(code_of("SELECT * FROM read_delta($uri, 0, '2100-01-01T00:00:00Z')"),
            ErrorCode::InvalidArgument);
}

TEST_F(TableFunctions, ReadsTheTableThatAStatementChanges) {
  append(0, 2);
  IoAdapter(session).register_delta_table_provider(
      "t", delta::provider_from_session(session, {.table_uri = uri}).provider);
  (void)session.sql("INSERT INTO t SELECT n + 10, s FROM read_delta($uri)", {{"uri", lit(uri)}});
  EXPECT_THAT(ns(), ElementsAre("0", "1", "10", "11"));
}

TEST_F(TableFunctions, ReadDeltaCdf) {
  delta::write(session, numbers(0, 2),
               {.table_uri = uri, .configuration = {{"delta.enableChangeDataFeed", "true"}}});
  append(2, 3);
  EXPECT_EQ(ask("SELECT n, _change_type, _commit_version FROM read_delta_cdf($uri) ORDER BY n"),
            (Rows{{"0", "insert", "0"}, {"1", "insert", "0"}, {"2", "insert", "1"}}));
  EXPECT_EQ(ask("SELECT n FROM read_delta_cdf($uri, 1)"), (Rows{{"2"}}));
  EXPECT_EQ(ask("SELECT n FROM read_delta_cdf($uri, ending_version => 0) ORDER BY n"),
            (Rows{{"0"}, {"1"}}));
}

TEST_F(TableFunctions, DeltaSnapshot) {
  delta::write(session, numbers(0, 2),
               {.table_uri = uri,
                .partition_by = {"s"},
                .configuration = {{"delta.appendOnly", "true"}},
                .description = "some numbers"});
  append(2, 3);
  EXPECT_EQ(ask("SELECT version, description, num_files, num_records, size_bytes > 0, "
                "partition_columns[1], properties['delta.appendOnly'], columns[1]['name'], "
                "columns[1]['type'], min_reader_version FROM delta_snapshot($uri)"),
            (Rows{{"1", "some numbers", "3", "3", "true", "s", "true", "n", "Int64", "1"}}));
  EXPECT_EQ(ask("SELECT version, num_files FROM delta_snapshot($uri, 0)"), (Rows{{"0", "2"}}));
}

TEST_F(TableFunctions, DeltaAddActions) {
  append(0, 2);
  append(2, 3);
  EXPECT_EQ(ask("SELECT num_records FROM delta_add_actions($uri) ORDER BY 1"),
            (Rows{{"1"}, {"2"}}));
  EXPECT_EQ(ask("SELECT num_records FROM delta_add_actions($uri, version => 0)"), (Rows{{"2"}}));
}

TEST_F(TableFunctions, DeltaHistory) {
  append(0, 2);
  append(2, 3);
  EXPECT_EQ(ask("SELECT version, operation FROM delta_history($uri)"),
            (Rows{{"1", "WRITE"}, {"0", "WRITE"}}));
  EXPECT_EQ(ask("SELECT version, parameters['mode'], timestamp > '2020-01-01' FROM "
                "delta_history($uri, limit => 1)"),
            (Rows{{"1", "Append", "true"}}));
  EXPECT_EQ(code_of("SELECT * FROM delta_history($uri, -1)"), ErrorCode::InvalidQuery);
}

TEST_F(TableFunctions, ListTheEnginesCaches) {
  EXPECT_EQ(session.sql("SELECT * FROM metadata_cache()").count(), 0U);
  session.sql("SELECT 1 AS n").write_parquet(folder / "files");
  IoAdapter(session).register_listing("listed", (folder / "files").string(), FileFormat::Parquet);
  EXPECT_EQ(session.sql("SELECT * FROM listed").count(), 1U);
  EXPECT_EQ(ask("SELECT path LIKE '%.parquet', file_size_bytes > 0, metadata_size_bytes > 0 FROM "
                "metadata_cache()"),
            (Rows{{"true", "true", "true"}}));
  EXPECT_EQ(ask("SELECT num_rows, num_columns FROM statistics_cache()"), (Rows{{"1", "1"}}));
  EXPECT_EQ(ask("SELECT path LIKE folder || '%' FROM list_files_cache()"), (Rows{{"true"}}));
}

TEST(TableFunctionSet, IsDocumented) {
  for (const TableFunction& function : table_functions().tables) {
    EXPECT_FALSE(function.documentation.description.empty()) << function.name;
    EXPECT_NE(function.documentation.example.find(function.name + "("), std::string::npos)
        << function.name;
    for (const Parameter& parameter : function.parameters) {
      EXPECT_FALSE(parameter.description.empty()) << function.name << parameter.name;
    }
  }
}

}  // namespace
}  // namespace alluvium
