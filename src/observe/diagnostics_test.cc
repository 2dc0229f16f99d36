#include "alluvium/observe/diagnostics.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/delta/provider.h"
#include "frame/rows_testing.h"

namespace alluvium::observe {
namespace {

using testing::Rows;
using testing::rows_of;

TEST(Diagnostics, RecordsSchemaSnapshots) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "alluvium_observe";
  std::filesystem::remove_all(folder);
  const Session session = RuntimeProfile::trusted().open_session();
  (void)session.sql("CREATE TABLE t AS SELECT 1 AS a, 'x' AS b");
  const introspection::CatalogSnapshot snapshot = record_schema_snapshots(session, folder);
  EXPECT_EQ(snapshot.hash, introspection::snapshot(session).hash);
  const auto read = [&] {
    return session.read(
        delta::provider_from_session(session, {.table_uri = (folder / "schema_snapshots").string()})
            .provider);
  };
  EXPECT_EQ(rows_of(read()
                        .sort({col("column_name").asc()})
                        .select({"snapshot_hash", "table_name", "column_name"})),
            (Rows{{snapshot.hash, "t", "a"}, {snapshot.hash, "t", "b"}}));
  record_schema_snapshots(session, folder);
  EXPECT_EQ(read().count(), 4U);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace alluvium::observe
