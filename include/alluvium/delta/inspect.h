#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "alluvium/delta/provider.h"

namespace alluvium::delta {

/// One commit, as the log has it.
struct HistoryEntry {
  std::int64_t version = 0;
  std::int64_t timestamp = 0;  ///< Milliseconds since 1970, UTC.
  std::string operation;
  std::map<std::string, std::string> parameters;
  std::map<std::string, std::string> metrics;
  std::string engine;
  /// Everything else: what the writer added.
  std::map<std::string, std::string> metadata;
};

/// The commits, newest first, at most `limit` of them (0: all that the log still has).
/// Errors: as `provider_from_session`.
std::vector<HistoryEntry> history(const Session& session, const ProviderRequest& request,
                                  std::size_t limit = 0, const Interrupt& interrupt = {});

/// The data files of a version, one row each: `path`, `size_bytes`, `modification_time`,
/// `num_records`, and `null_count.C`, `min.C`, `max.C`, `partition.C` for columns that have them.
/// Errors: as `provider_from_session`.
DataFrame files(const Session& session, const ProviderRequest& request,
                const Interrupt& interrupt = {});

/// Replays what other writers committed after Alluvium's last commit, and fails when one of them
/// removed a file that was not in the table any more: two writers that each replaced the same rows
/// leave such a log, and the rows of both. Every change does this by itself.
/// Errors: Corruption, with the detail `restore_version`; those of `provider_from_session`.
void verify_log(const Session& session, const ProviderRequest& request,
                const Interrupt& interrupt = {});

}  // namespace alluvium::delta
