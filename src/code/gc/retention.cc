#include "code/gc/retention.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace alluvium::code {
namespace {

/// The place of the oldest run that is kept among those of its repository, oldest first.
std::size_t oldest_kept(const std::vector<const Run*>& runs, std::string_view current,
                        std::size_t keep, std::optional<UtcMicros> since) {
  std::size_t oldest = runs.size() > keep ? runs.size() - keep : 0;
  for (std::size_t i = 0; i < oldest; ++i) {
    if (runs[i]->run_id == current) oldest = i;
  }
  if (!since) return oldest;
  // The one that was current then: the last that was finished by then.
  const auto later = std::ranges::find_if(
      runs, [&](const Run* run) { return utc_micros(run->finished_at) > *since; });
  const auto until = static_cast<std::size_t>(later - runs.begin());
  return std::min(oldest, until == 0 ? 0 : until - 1);
}

}  // namespace

Retained retain(const std::vector<Run>& history, const std::vector<Run>& current, std::size_t keep,
                std::optional<UtcMicros> since) {
  std::map<std::string_view, std::vector<const Run*>> by_repository;
  for (const Run& run : history) by_repository[run.repo].push_back(&run);
  std::map<std::string_view, const Run*> oldest;
  Retained retained;
  for (const auto& [repo, runs] : by_repository) {
    const auto found = std::ranges::find(current, repo, &Run::repo);
    const std::size_t first =
        oldest_kept(runs, found == current.end() ? "" : found->run_id, keep, since);
    oldest[repo] = runs[first];
    retained.repositories.push_back(
        {.repo = std::string(repo), .runs = runs.size() - first, .oldest = *runs[first]});
  }
  for (const Run& run : history) {
    // By time, as they leave `runs`.
    const bool goes = run.finished_at < oldest.at(run.repo)->finished_at;
    (goes ? retained.removed : retained.kept).push_back(run);
  }
  return retained;
}

}  // namespace alluvium::code
