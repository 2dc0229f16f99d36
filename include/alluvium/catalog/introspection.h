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
/// The constraints that the catalog's tables declare when this is called, one row for each column
/// of a key: table_catalog, table_schema, table_name, constraint_type (`PRIMARY KEY`, `UNIQUE`,
/// `NOT NULL` of a stored table's column, `CHECK` of a Delta table), constraint_name, column_name,
/// ordinal_position (1-based), check_clause (SQL). DataFusion's `information_schema` has no view of
/// them; this asks the same providers.
DataFrame constraints(const Session& session);

/// The catalog at one moment. Equal catalogs have equal hashes, whatever the order of registration.
struct CatalogSnapshot {
  std::string hash;  ///< 32 hex digits over what the other hashes cover.
  std::string tables_hash;
  std::string columns_hash;
  std::string routines_hash;
  std::string parameters_hash;
  std::string settings_hash;
  std::string constraints_hash;
};
CatalogSnapshot snapshot(const Session& session);

/// The names of all tables and views outside `information_schema`, as `schema.table`, or `table` in
/// the default schema; ordered.
std::vector<std::string> table_names_snapshot(const Session& session);

}  // namespace alluvium::introspection
