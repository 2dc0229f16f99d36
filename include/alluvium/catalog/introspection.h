#pragma once

#include <string>
#include <vector>

#include "alluvium/session/session.h"

/// What a session's catalog holds, asked of `information_schema`, the only truth about it.
namespace alluvium::introspection {

/// Frames over `information_schema`: the same columns, ordered by name.
DataFrame tables(const Session& session);
DataFrame columns(const Session& session);
DataFrame schemata(const Session& session);
DataFrame routines(const Session& session);
DataFrame parameters(const Session& session);
DataFrame settings(const Session& session);
/// One row for each declared key or uniqueness constraint: table_catalog, table_schema, table_name,
/// constraint_type, column_name, ordinal_position. Always empty for now: DataFusion's
/// `information_schema` has no view of constraints, and this one asks nothing else.
DataFrame constraints(const Session& session);

/// The catalog at one moment. Equal catalogs have equal hashes, whatever the order of registration.
struct CatalogSnapshot {
  std::string hash;  ///< 32 hex digits over tables, columns, routines, parameters and settings.
  std::string tables_hash;
  std::string columns_hash;
  std::string routines_hash;
  std::string parameters_hash;
  std::string settings_hash;
};
CatalogSnapshot snapshot(const Session& session);

/// The names of all tables and views outside `information_schema`, as `schema.table`, or `table` in
/// the default schema; ordered.
std::vector<std::string> table_names_snapshot(const Session& session);

}  // namespace alluvium::introspection
