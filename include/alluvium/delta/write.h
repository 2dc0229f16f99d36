#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "alluvium/delta/provider.h"

namespace alluvium::delta {

/// What happens to the rows that are there.
enum class SaveMode {
  Append,         ///< They stay.
  Overwrite,      ///< They are replaced, all or those of `replace_where`.
  ErrorIfExists,  ///< There must be no table yet.
};

/// How a write may change the table's schema.
enum class SchemaMode {
  Strict,     ///< Not at all.
  Merge,      ///< New columns are added.
  Overwrite,  ///< It is replaced (with `SaveMode::Overwrite`).
};

/// Marks a commit so that it is applied once: a second write with the same id and version (or a
/// lower one) is not done and reports `already_committed`.
struct ApplicationTransaction {
  std::string app_id;
  std::int64_t version = 0;
};

/// One change of one table, made through the commit protocol.
struct WriteRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  SaveMode mode = SaveMode::Append;
  SchemaMode schema_mode = SchemaMode::Strict;
  /// SQL predicate of the rows that `Overwrite` replaces; every new row must satisfy it.
  std::optional<std::string> replace_where = std::nullopt;
  /// Used when the table is created; otherwise must be empty or the table's own.
  std::vector<std::string> partition_by = {};
  /// Table properties, used when the table is created.
  std::map<std::string, std::string> configuration = {};
  std::string name = "";
  std::string description = "";
  /// Kept in the log with the commit.
  std::map<std::string, std::string> commit_metadata = {};
  std::optional<ApplicationTransaction> transaction = std::nullopt;
  /// Bytes of a data file; the table's property or 100 MiB when not set.
  std::optional<std::uint64_t> target_file_size = std::nullopt;
  /// How often a commit that lost against another writer is planned and tried again.
  int max_attempts = 8;
};

/// What a change did, as the table's log has it.
struct CommitReport {
  std::string table_uri;
  /// The version that the commit made.
  std::int64_t version = 0;
  /// The version that it was planned on; -1 when the table was created.
  std::int64_t read_version = -1;
  std::string operation;
  /// The application transaction was there already; nothing was done, and `version` is the table's
  /// latest.
  bool already_committed = false;
  int attempts = 1;
  /// The log's operation metrics, by delta-rs's names (`num_added_rows`, ...).
  std::map<std::string, std::string> metrics = {};
};

/// The rows to write: a frame, or a callable that plans them anew for each attempt. A frame that
/// reads the table that it is written to can't be planned again: it gets CommitConflict when
/// another writer was first; a callable is called again.
using WriteSource = std::variant<DataFrame, std::function<DataFrame(const Session&)>>;

/// Creates, appends to or overwrites a Delta table in one commit: refresh, check, plan, commit by
/// compare-and-swap on the version read, and again on a conflict.
/// Errors: CommitConflict (after the last attempt), CommitStateUnknown, SchemaMismatch, Unsupported
/// (type or feature, before anything is written), ConstraintViolation, AlreadyExists,
/// PolicyViolation, and whatever running the source gives.
CommitReport write(const Session& session, const WriteSource& source, const WriteRequest& request,
                   const Interrupt& interrupt = {});

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
  std::map<std::string, std::string> commit_metadata = {};
};

/// Creates an empty table. Errors: AlreadyExists, Unsupported (type, naming the column),
/// PolicyViolation, Io.
CommitReport create(const Session& session, const CreateRequest& request,
                    const Interrupt& interrupt = {});

}  // namespace alluvium::delta
