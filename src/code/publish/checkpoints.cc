#include "code/publish/checkpoints.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "alluvium/delta/maintain.h"
#include "alluvium/error.h"
#include "code/publish/file_lock.h"
#include "code/publish/table_properties.h"

namespace alluvium::code {
namespace {

/// A run over one file commits to some eight tables: their turns come spread over a few runs, and
/// well within the interval.
constexpr std::size_t kMostAtOnce = 3;

/// The version of the last checkpoint, as the log's hint has it; 0 where it has none. A hint that
/// is missing or too old only leads to a checkpoint more.
std::int64_t last_checkpoint(const LakeLayout& lake, const std::string& table) {
  std::ifstream file(lake.table(table) / "_delta_log" / "_last_checkpoint", std::ios::binary);
  if (!file) return 0;
  const auto hint = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!hint.is_object()) return 0;
  const auto version = hint.find("version");
  return version != hint.end() && version->is_number_integer() ? version->get<std::int64_t>() : 0;
}

struct Due {
  std::int64_t versions_since;
  std::string table;
};

/// With the tables that no run pins.
std::map<std::string, std::int64_t> with_unpinned(const Session& session, const LakeLayout& lake,
                                                  std::map<std::string, std::int64_t> versions,
                                                  const Interrupt& interrupt) {
  for (const char* table : {"repos", "runs"}) {
    versions[table] = delta::snapshot(session, {.table_uri = lake.uri(table)}, interrupt).version;
  }
  return versions;
}

std::vector<Due> tables_due(const LakeLayout& lake,
                            const std::map<std::string, std::int64_t>& versions) {
  std::vector<Due> due;
  for (const auto& [table, version] : versions) {
    if (version < kCheckpointInterval) continue;
    const std::int64_t since = version - last_checkpoint(lake, table);
    if (since >= kCheckpointInterval) due.push_back({since, table});
  }
  std::ranges::stable_sort(due, std::greater(), &Due::versions_since);
  return due;
}

}  // namespace

void make_checkpoints(const Session& session, const LakeLayout& lake,
                      const std::map<std::string, std::int64_t>& pins, const Interrupt& interrupt) {
  try {
    const auto versions = with_unpinned(session, lake, pins, interrupt);
    if (tables_due(lake, versions).empty()) return;
    // A reader that has listed a checkpoint reads that very file: it isn't to be replaced by one of
    // the same version with other bytes.
    const std::filesystem::path path = lake.locks() / "checkpoints.lock";
    const FileHandle lock = open_lock(path);
    if (!try_lock(lock, path, LockMode::Exclusive)) return;
    std::size_t made = 0;
    // Asked again, for another process may have just made them.
    for (const Due& due : tables_due(lake, versions)) {
      if (made == kMostAtOnce || interrupt.stop.stop_requested()) return;
      try {
        delta::checkpoint(session,
                          {.table_uri = lake.uri(due.table), .commit = {.mutation = of_lake()}},
                          interrupt);
        ++made;
      } catch (const Error&) {
        // The next one is tried all the same: one that always fails would keep all others waiting.
      }
    }
  } catch (const Error&) {
    // The next run tries again.
  }
}

}  // namespace alluvium::code
