#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alluvium/delta/commit.h"

namespace alluvium::delta {

/// A filter over partition values, as text: `{"year", "=", {"2024"}}`. Operators: `=`, `!=`, `<`,
/// `<=`, `>`, `>=`, `in`, `not in`.
struct PartitionFilter {
  std::string column;
  std::string op;
  std::vector<std::string> values;
};

struct OptimizeRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  /// Empty: small files are put together. Else the rows of a partition are sorted along these
  /// columns' Z-order curve.
  std::vector<std::string> z_order = {};
  std::vector<PartitionFilter> filters = {};
  /// Bytes; the table's property or 100 MiB when not set.
  std::optional<std::uint64_t> target_size = std::nullopt;
  std::optional<std::size_t> max_concurrent_tasks = std::nullopt;
  /// Compares all rows before and after, not just their number.
  bool verify_rows = false;
  /// zstd at level 4 unless this or the profile says otherwise.
  WriterPolicy writer = {};
  CommitOptions commit = {};
};

/// Rewrites files without changing rows, in one commit; none when there is nothing to gain. A
/// commit that would bring more or fewer rows than it takes away is not made. Errors: Corruption
/// (the rows would differ, or with `verify_rows` do, which names the version to restore), and those
/// of every change.
CommitReport optimize(const Session& session, const OptimizeRequest& request,
                      const Interrupt& interrupt = {});

struct VacuumRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  /// Only says what would be deleted (`CommitReport::files`).
  bool dry_run = true;
  /// How long a file that is no longer in the table is kept; the table's
  /// `delta.deletedFileRetentionDuration` (a week unless set) without one.
  std::optional<double> retention_hours = std::nullopt;
  /// Refuses a retention below the table's, which could take files from running readers.
  bool enforce_retention = true;
  /// Also deletes files that no commit of the log knows.
  bool full = false;
  /// Versions that must stay readable.
  std::vector<std::int64_t> keep_versions = {};
  CommitOptions commit = {};
};

/// Deletes data files that no kept version needs. Errors: InvalidArgument (a retention below the
/// table's), and those of every change.
CommitReport vacuum(const Session& session, const VacuumRequest& request,
                    const Interrupt& interrupt = {});

struct RestoreRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  /// One of the two.
  std::optional<std::int64_t> version = std::nullopt;
  std::optional<std::string> timestamp = std::nullopt;  ///< RFC 3339.
  /// Only the partitions that all of these fit, and not the metadata. Empty: the whole table.
  std::vector<PartitionFilter> filters = {};
  /// Goes on where data files of that version are gone; their rows are lost.
  bool ignore_missing_files = false;
  bool allow_protocol_downgrade = false;
  CommitOptions commit = {};
};

/// Makes a version's rows and metadata current again, as a new version; of partitions that have the
/// same files still, none is made. Works on a table that other changes refuse with Corruption.
/// Errors: NotFound (no such version, or its files are gone or cut off), Unsupported (partitions of
/// a table that had other columns or constraints then), and
/// those of every change.
CommitReport restore(const Session& session, const RestoreRequest& request,
                     const Interrupt& interrupt = {});

/// Writes a checkpoint of the latest version, from which readers start.
CommitReport checkpoint(const Session& session, const TableRequest& request,
                        const Interrupt& interrupt = {});

/// Deletes log entries older than `delta.logRetentionDuration` that a checkpoint stands for;
/// versions before it can't be read any more. Reports `num_log_files_removed`.
CommitReport clean_log(const Session& session, const TableRequest& request,
                       const Interrupt& interrupt = {});

struct TruncateRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  /// The oldest version that stays readable, by its change feed too.
  std::int64_t first_version = 0;
  /// Only says what would go.
  bool dry_run = true;
  /// In place of the profile's.
  std::optional<MutationPolicy> mutation = std::nullopt;
};

/// Files that were removed, or would be.
struct RemovedFiles {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

struct TruncateReport {
  std::int64_t first_version = 0;
  std::int64_t version = 0;  ///< The latest.
  RemovedFiles data;
  RemovedFiles changes;  ///< Of the change feed.
  RemovedFiles log;      ///< Commits and checkpoints.
};

/// Removes the beginning of a table's history: the log before `first_version`, for which a
/// checkpoint of that version stands (a log is not cut for fewer than ten commits), and all data
/// and change files that no version from it on reads, those of writers that never committed
/// included. So no writer may be at work, nor a reader of an older version. Nothing is committed. A
/// call that ends early leaves every version from `first_version` on readable, and the next one
/// goes on. (A vacuum deletes the change files of all versions, and never the log.)
///
/// Errors: NotFound (no table, or no such version), PolicyViolation (a lake's table), Corruption
/// (the log has gaps; nothing is removed), Cancelled, DeadlineExceeded, Io.
TruncateReport truncate(const Session& session, const TruncateRequest& request,
                        const Interrupt& interrupt = {});

struct FileCheckRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  /// Only says which files are missing (`CommitReport::files`).
  bool dry_run = true;
  CommitOptions commit = {};
};

/// Takes data files that are missing in the store out of the table. Errors: those of every change.
CommitReport check_files(const Session& session, const FileCheckRequest& request,
                         const Interrupt& interrupt = {});

/// Writes a manifest of the data files for engines that read symlink tables.
CommitReport write_symlink_manifest(const Session& session, const TableRequest& request,
                                    const Interrupt& interrupt = {});

}  // namespace alluvium::delta
