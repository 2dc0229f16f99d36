#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "alluvium/delta/commit.h"

namespace alluvium::delta {

/// What happens to the rows that are there.
enum class SaveMode {
  Append,         ///< They stay.
  Overwrite,      ///< They are replaced, all or those of `replace_where`.
  ErrorIfExists,  ///< There must be no table yet.
};

/// One change of one table, made through the commit protocol.
struct WriteRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  SaveMode mode = SaveMode::Append;
  /// In place of the profile's.
  std::optional<SchemaMode> schema_mode = std::nullopt;
  /// The rows that `Overwrite` replaces; every new row must satisfy it.
  std::optional<Condition> replace_where = std::nullopt;
  /// Used when the table is created; otherwise must be empty or the table's own.
  std::vector<std::string> partition_by = {};
  /// Table properties, used when the table is created.
  std::map<std::string, std::string> configuration = {};
  std::string name = "";
  std::string description = "";
  /// Bytes of a data file; the profile's, the table's property or 100 MiB when not set.
  std::optional<std::uint64_t> target_file_size = std::nullopt;
  WriterPolicy writer = {};
  CommitOptions commit = {};
  /// The mode of a new table; a table that is there must have it already. When not set, new tables
  /// have the profile's.
  std::optional<ColumnMapping> column_mapping = std::nullopt;
};

/// The rows to write: a frame, or a callable that plans them anew for each attempt. A frame that
/// reads the table that it is written to can't be planned again: it gets CommitConflict when
/// another writer was first; a callable is called again. An append of rows that don't come from the
/// table keeps its files and goes after what others committed.
using WriteSource = std::variant<DataFrame, std::function<DataFrame(const Session&)>>;

/// Creates, appends to or overwrites a Delta table in one commit. Columns are found by name; a
/// nullable one that the rows lack is null, a generated one is computed. Errors: AlreadyExists;
/// SchemaMismatch, naming the column; Unsupported for a schema mode or another column mapping on a
/// table that can't have it; those of every change; and whatever running the source gives.
CommitReport write(const Session& session, const WriteSource& source, const WriteRequest& request,
                   const Interrupt& interrupt = {});

/// As `write`, of an Arrow IPC stream in memory.
CommitReport write_ipc(const Session& session, std::span<const std::byte> ipc,
                       const WriteRequest& request, const Interrupt& interrupt = {});

}  // namespace alluvium::delta
