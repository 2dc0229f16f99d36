#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/delta/provider.h"

namespace alluvium {

/// Which Delta table's schema is asked for, and at which version. `version` and `timestamp` exclude
/// each other; with neither, the latest.
struct DeltaSchemaRequest {
  /// A path or a URL.
  std::string path;
  delta::StorageOptions storage_options = {};
  std::optional<std::int64_t> version = std::nullopt;
  /// RFC 3339; the last version committed at or before it.
  std::optional<std::string> timestamp = std::nullopt;
  std::optional<delta::FeatureGate> gate = std::nullopt;
  /// The name under which the session has the table (`table`, `schema.table` or
  /// `catalog.schema.table`): what `information_schema.columns` says of it must agree.
  std::optional<std::string> registered_as = std::nullopt;
};

/// What rows must look like to belong to a Delta table: its schema at one version.
struct SchemaContract {
  std::string table_uri;
  std::int64_t version = 0;
  /// Columns in order, with types, nullability at every depth, and the metadata that users gave
  /// them (`comment`, ...). What column mapping and Parquet note in the metadata for themselves is
  /// left out: it holds for this table's own files alone.
  Schema schema;
  std::vector<std::string> partition_columns = {};
  delta::ColumnMapping column_mapping = delta::ColumnMapping::None;
};

/// Reads a table's schema contract from its snapshot; nothing where there is no table.
///
/// Errors: SchemaMismatch (details `table`, `column`) when the table registered under
/// `registered_as` has other columns, in another order, of another nullability, or of types that
/// aren't stored the same (views, dictionaries and large layouts are); NotFound when nothing is
/// registered under that name, or for a version that isn't there; otherwise as
/// `delta::provider_from_session`.
/// Thread-safety: may be called from many threads.
std::optional<SchemaContract> delta_table_schema(const Session& session,
                                                 const DeltaSchemaRequest& request,
                                                 const Interrupt& interrupt = {});

}  // namespace alluvium
