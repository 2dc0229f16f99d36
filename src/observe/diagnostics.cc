#include "alluvium/observe/diagnostics.h"

#include "alluvium/delta/write.h"

namespace alluvium::observe {

introspection::CatalogSnapshot record_schema_snapshots(const Session& session,
                                                       const std::filesystem::path& folder) {
  introspection::CatalogSnapshot snapshot = introspection::snapshot(session);
  const DataFrame rows = session.sql(
      "SELECT $hash AS snapshot_hash, table_schema, table_name, column_name, data_type, "
      "is_nullable FROM information_schema.columns WHERE table_schema <> 'information_schema' "
      "ORDER BY table_catalog, table_schema, table_name, ordinal_position",
      SqlOptions::read_only(), {{"hash", lit(snapshot.hash)}});
  delta::write(
      session, rows,
      {.table_uri = (folder / "schema_snapshots").string(),
       .mode = delta::SaveMode::Append,
       .description = "One row for each column that a session's catalog had, by snapshot"});
  return snapshot;
}

}  // namespace alluvium::observe
