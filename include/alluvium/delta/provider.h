#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/frame/table_provider.h"
#include "alluvium/session/delta_policy.h"
#include "alluvium/session/session.h"

namespace alluvium::delta {

/// How a Delta table is scanned. What is not set follows the session.
struct ScanOptions {
  /// Adds a column of this name with each row's data file.
  std::optional<std::string> file_column_name = std::nullopt;
  /// Partition values as dictionaries.
  std::optional<bool> wrap_partition_values = std::nullopt;
  /// Filters while Parquet is decoded.
  std::optional<bool> enable_parquet_pushdown = std::nullopt;
  /// Strings as Arrow views.
  std::optional<bool> schema_force_view_types = std::nullopt;
  /// Reads these columns alone, in this order, cast to these types. (The table's nullability and
  /// metadata stay; `align_table_to_schema` changes those too.)
  std::optional<Schema> schema = std::nullopt;
};

/// What the table's protocol must be for the caller to accept it. Checked before anything is read.
struct FeatureGate {
  std::optional<int> max_reader_version = std::nullopt;
  std::optional<int> max_writer_version = std::nullopt;
  std::vector<std::string> required_features = {};
  std::vector<std::string> forbidden_features = {};
};

/// Which table, and which version of it. `version` and `timestamp` exclude each other; with
/// neither, the latest.
struct ProviderRequest {
  /// A path or a URL.
  std::string table_uri;
  StorageOptions storage_options = {};
  std::optional<std::int64_t> version = std::nullopt;
  /// RFC 3339; the last version committed at or before it.
  std::optional<std::string> timestamp = std::nullopt;
  std::optional<ScanOptions> delta_scan = std::nullopt;
  std::optional<FeatureGate> gate = std::nullopt;
  /// Reads only these data files, by their paths as `files` gives them.
  std::optional<std::vector<std::string>> files = std::nullopt;
};

/// A table's metadata at one version.
struct Snapshot {
  std::string table_uri;
  std::int64_t version = 0;
  std::string table_id;
  std::string name;
  std::string description;
  Schema schema;
  std::vector<std::string> partition_columns;
  std::map<std::string, std::string> configuration;
  int min_reader_version = 0;
  int min_writer_version = 0;
  std::vector<std::string> reader_features;
  std::vector<std::string> writer_features;
};

/// A provider and the snapshot that it reads, whatever is committed later.
struct ProviderBundle {
  TableProvider provider;
  Snapshot snapshot;
};

/// Opens a table for reading.
/// Errors: NotFound (no table, no such version), PolicyViolation (outside the allowed roots),
/// Unsupported (a protocol feature, or the gate), Corruption, Io.
ProviderBundle provider_from_session(const Session& session, const ProviderRequest& request,
                                     const Interrupt& interrupt = {});

/// The table's metadata alone. Errors: as `provider_from_session`.
Snapshot snapshot(const Session& session, const ProviderRequest& request,
                  const Interrupt& interrupt = {});

/// Whether `table_uri` holds a Delta table. Errors: PolicyViolation, Io.
bool is_table(const Session& session, const std::string& table_uri,
              const StorageOptions& storage_options = {});

}  // namespace alluvium::delta
