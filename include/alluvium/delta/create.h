#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/delta/commit.h"

namespace alluvium::delta {

/// What `create` makes: an empty table.
struct CreateRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  /// Field metadata with the key `comment` becomes the column's comment.
  Schema schema;
  std::vector<std::string> partition_by = {};
  std::map<std::string, std::string> configuration = {};
  std::string name = "";
  std::string description = "";
  CommitOptions commit = {};
  /// In place of the profile's. Anything but `None` sets the property `delta.columnMapping.mode`.
  std::optional<ColumnMapping> column_mapping = std::nullopt;
};

/// Creates an empty table. Errors: AlreadyExists, Unsupported (a type, naming the column; a
/// property for which `needs_feature`), and those of every change.
CommitReport create(const Session& session, const CreateRequest& request,
                    const Interrupt& interrupt = {});

/// Whether a property with this value needs a table feature that no property brings: a new table
/// can't have it.
bool needs_feature(const std::string& property, const std::string& value);

/// A folder of Parquet files that becomes a table, in place.
struct ConvertRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  /// The partition columns with their types, which folders don't say.
  Schema partition_schema = {};
  /// What folders are called: `name=value`, or values in the order of `partition_schema`.
  enum class Layout { Hive, Directory };
  Layout layout = Layout::Hive;
  std::map<std::string, std::string> configuration = {};
  std::string name = "";
  std::string description = "";
  CommitOptions commit = {};
};

/// Makes a table of the Parquet files at `table_uri` without copying them. Errors: AlreadyExists;
/// Unsupported for column mapping, since the files have the columns under their own names; and
/// those of every change.
CommitReport convert_to_delta(const Session& session, const ConvertRequest& request,
                              const Interrupt& interrupt = {});

}  // namespace alluvium::delta
