#include "delta/follow_up_internal.h"

#include <algorithm>

#include "alluvium/delta/inspect.h"
#include "alluvium/delta/maintain.h"
#include "alluvium/error.h"

namespace alluvium::delta {
namespace {

// Whether a multiple of `every` lies after the version that was read and up to `version`.
bool is_turn(const std::optional<std::int64_t>& every, std::int64_t read, std::int64_t version) {
  return every && read >= 0 && version / *every > read / *every;
}

bool has_many_small_files(const Session& session, const Target& target,
                          const MaintenancePolicy& policy, std::int64_t version) {
  if (!policy.compact_after_small_files) return false;
  const DataFrame small = files(session, {.table_uri = target.table_uri,
                                          .storage_options = target.storage_options,
                                          .version = version})
                              .filter(col("size_bytes") < lit(policy.small_file_size));
  return static_cast<std::int64_t>(small.count()) >= *policy.compact_after_small_files;
}

template <typename Operation>
FollowUp attempt(const char* name, const Operation& operation) {
  FollowUp done{.operation = name};
  try {
    done.version = operation().version;
  } catch (const Error& error) {
    done.error = error.message();
  }
  return done;
}

}  // namespace

void follow_up(const Session& session, const Target& target, CommitReport& report,
               const Interrupt& interrupt) {
  const MaintenancePolicy policy =
      target.commit.maintenance.value_or(session.profile().delta_policies.maintenance);
  const CommitOptions commit{.run_id = target.commit.run_id, .mutation = target.commit.mutation};
  const auto compact = [&] {
    return optimize(session,
                    {.table_uri = target.table_uri,
                     .storage_options = target.storage_options,
                     .commit = commit},
                    interrupt);
  };
  try {
    if (is_turn(policy.compact_after_commits, report.read_version, report.version) ||
        has_many_small_files(session, target, policy, report.version)) {
      report.maintenance.push_back(attempt("optimize", compact));
    }
  } catch (const Error& error) {
    report.maintenance.push_back({.operation = "optimize", .error = error.message()});
  }
  std::int64_t latest = report.version;
  for (const FollowUp& done : report.maintenance) latest = std::max(latest, done.version);
  if (is_turn(policy.checkpoint_after_commits, report.read_version, latest)) {
    report.maintenance.push_back(attempt("checkpoint", [&] {
      return checkpoint(session,
                        {.table_uri = target.table_uri,
                         .storage_options = target.storage_options,
                         .commit = commit},
                        interrupt);
    }));
  }
}

}  // namespace alluvium::delta
