#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "alluvium/delta/provider.h"
#include "alluvium/frame/expr.h"
#include "alluvium/session/delta_policy.h"

/// Every change of a Delta table goes through one protocol: refresh; check that what other writers
/// committed is sound; has this application transaction been applied? plan on the version that was
/// read; commit as the next version or not at all (compare-and-swap); on a conflict plan again,
/// bounded and with jitter, where that can't lose an update; on an unknown outcome ask the log.
///
/// Errors of every change: NotFound (no table), CommitConflict (other writers were first in all
/// attempts, or the change can't be planned again), CommitStateUnknown (the log couldn't be asked),
/// Corruption (another writer left the table wrong; names the version to restore), SchemaMismatch,
/// Unsupported (a type or feature, before anything is written), ConstraintViolation, InvalidQuery,
/// PolicyViolation (outside the allowed roots), Cancelled and DeadlineExceeded (nothing was
/// committed), Io.
namespace alluvium::delta {

/// Marks a commit so that it is applied once: a second change with the same id and version (or a
/// lower one) is not done and reports `already_committed`. A restore to a version before the commit
/// undoes it, and the change is done again.
struct ApplicationTransaction {
  std::string app_id;
  std::int64_t version = 0;
};

/// What goes with every commit.
struct CommitOptions {
  /// Kept in the log with the commit. Every commit also has `alluvium.operationId`,
  /// `alluvium.profileHash`, `alluvium.planFingerprint` (of what was asked for and the table
  /// versions that it reads) and `alluvium.runId`.
  std::map<std::string, std::string> metadata = {};
  std::optional<ApplicationTransaction> transaction = std::nullopt;
  /// The run that the change is part of; the session's own id when empty.
  std::string run_id = {};
  /// In place of the profile's.
  std::optional<MutationPolicy> mutation = std::nullopt;
  std::optional<MaintenancePolicy> maintenance = std::nullopt;
};

/// Maintenance that followed a commit by the policy.
struct FollowUp {
  /// `checkpoint` or `optimize`.
  std::string operation;
  /// The version that it left the table at; -1 when it failed.
  std::int64_t version = -1;
  /// Why it failed; empty when it did not.
  std::string error;
};

/// What a change did, as the table's log has it.
struct CommitReport {
  std::string table_uri;
  /// The version that the commit made; when nothing was committed, the version that was read.
  std::int64_t version = 0;
  /// The version that the change was planned on; -1 when the table was created.
  std::int64_t read_version = -1;
  std::string operation;
  /// False when there was nothing to commit: no row matched, no file was small, a dry run.
  bool committed = true;
  /// The application transaction was applied before; nothing was done, and `version` is the one
  /// that applied it, where the log still has it, else the latest.
  bool already_committed = false;
  int attempts = 1;
  /// The operation's metrics, by delta-rs's names (`num_added_rows`, ...).
  std::map<std::string, std::string> metrics = {};
  /// Data files that the operation names: what a vacuum deletes, what a file check misses.
  std::vector<std::string> files = {};
  std::vector<FollowUp> maintenance = {};
};

/// An expression over a table's columns: SQL text, or an `Expr`.
using Condition = std::variant<std::string, Expr>;

/// `column = value`, for the rows that a clause changes.
struct Assignment {
  std::string column;
  Condition value;
};

/// The table that a request without other fields is about.
struct TableRequest {
  std::string table_uri;
  StorageOptions storage_options = {};
  CommitOptions commit = {};
};

}  // namespace alluvium::delta
