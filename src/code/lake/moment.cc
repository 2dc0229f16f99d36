#include "code/lake/moment.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "alluvium/error.h"
#include "code/publish/utc_time.h"

namespace alluvium::code {
namespace {

constexpr std::size_t kShortestId = 6;
constexpr std::size_t kMostListed = 8;
constexpr const char* kSpellings =
    "a run or a git commit by the first six or more hex digits of its id, or a time such as "
    "2026-01-31 or 2026-01-31T08:15:00Z";
constexpr const char* kListRuns =
    "`alluvium sql \"SELECT repo, run_id, source_revision, finished_at FROM runs\"` lists all runs";

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

std::string line_of(const Run& run) {
  std::string line = "\n  run " + run.run_id + " of " + run.repo;
  if (!run.source_revision.empty()) line += " at " + run.source_revision;
  return line + ", finished " + run.finished_at;
}

/// The latest of `runs`, one a line.
std::string listed(const std::vector<Run>& runs) {
  std::string text;
  const std::size_t count = std::min(runs.size(), kMostListed);
  for (std::size_t i = 0; i < count; ++i) text += line_of(runs[runs.size() - 1 - i]);
  if (count < runs.size()) text += "\n  and " + std::to_string(runs.size() - count) + " older ones";
  return text;
}

Error no_moment(std::string_view moment, const std::string& why) {
  return Error(ErrorCode::InvalidArgument, "`" + std::string(moment) + "` " + why, false,
               {{"hint", std::string("give ") + kSpellings}});
}

/// The last of `runs` of each repository.
std::vector<Run> last_of_each(const std::vector<Run>& runs) {
  std::map<std::string_view, const Run*> last;
  for (const Run& run : runs) last[run.repo] = &run;
  std::vector<Run> result;
  for (const auto& [repo, run] : last) result.push_back(*run);
  return result;
}

/// Without the runs of a revision with uncommitted changes, where there is one without.
std::vector<Run> as_committed(const std::vector<Run>& runs) {
  std::set<std::pair<std::string_view, std::string_view>> committed;
  for (const Run& run : runs) {
    if (!run.dirty) committed.emplace(run.repo, run.source_revision);
  }
  std::vector<Run> kept;
  std::ranges::copy_if(runs, std::back_inserter(kept), [&](const Run& run) {
    return !run.dirty || !committed.contains({run.repo, run.source_revision});
  });
  return kept;
}

std::vector<Run> runs_by_id(std::string_view moment, const std::vector<Run>& history) {
  std::string prefix(moment);
  std::ranges::transform(prefix, prefix.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::vector<Run> found;
  // What is meant: one run by its own id, or all runs of one revision.
  std::set<std::string_view> meant;
  bool is_revision = false;
  for (const Run& run : history) {
    const bool by_run = run.run_id.starts_with(prefix);
    const bool by_revision = run.source_revision.starts_with(prefix);
    if (!by_run && !by_revision) continue;
    if (by_run) meant.insert(run.run_id);
    if (by_revision) meant.insert(run.source_revision);
    is_revision |= by_revision;
    found.push_back(run);
  }
  if (meant.size() > 1) {
    throw Error(ErrorCode::InvalidArgument,
                "`" + std::string(moment) + "` could be any of several runs:" + listed(found),
                false, {{"hint", "give more of the id"}});
  }
  return last_of_each(is_revision ? as_committed(found) : found);
}

std::vector<Run> runs_by_time(UtcMicros time, const std::vector<Run>& history) {
  std::vector<Run> found;
  std::ranges::copy_if(history, std::back_inserter(found),
                       [&](const Run& run) { return utc_micros(run.finished_at) <= time; });
  return last_of_each(found);
}

}  // namespace

std::vector<Run> runs_at(std::string_view moment, const std::vector<Run>& history) {
  std::vector<Run> runs;
  if (is_hex(moment)) {
    if (moment.size() < kShortestId) throw no_moment(moment, "is too short to name a run");
    runs = runs_by_id(moment, history);
  } else {
    const std::optional<UtcMicros> time = end_of_time(moment);
    if (!time) throw no_moment(moment, "is neither a run nor a revision nor a time");
    runs = runs_by_time(*time, history);
  }
  if (runs.empty()) {
    throw Error(ErrorCode::NotFound,
                "the lake has nothing at `" + std::string(moment) + "`; there is" + listed(history),
                false, {{"hint", kListRuns}});
  }
  return runs;
}

std::optional<Error> removed_at(std::string_view moment, const std::vector<Run>& removed,
                                const std::vector<Run>& history) {
  if (removed.empty()) return std::nullopt;
  std::vector<Run> found;
  try {
    found = runs_at(moment, removed);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::NotFound) return std::nullopt;
    // Several: any of them is gone.
    return error;
  }
  const Run& run = found.front();
  std::string text = "`" + std::string(moment) + "` is gone: `alluvium gc` removed" + line_of(run);
  const auto oldest = std::ranges::find(history, run.repo, &Run::repo);
  text += oldest == history.end() ? "\nno run of " + run.repo + " is left"
                                  : "\nthe oldest one that is left is" + line_of(*oldest);
  return Error(ErrorCode::NotFound, text, false, {{"hint", kListRuns}, {"run_id", run.run_id}});
}

UtcMicros time_of(std::string_view moment, const std::vector<Run>& history) {
  if (!is_hex(moment)) {
    if (const std::optional<UtcMicros> time = end_of_time(moment)) return *time;
  }
  UtcMicros first = 0;
  for (const Run& run : runs_at(moment, history)) {
    const UtcMicros finished = utc_micros(run.finished_at);
    first = first == 0 ? finished : std::min(first, finished);
  }
  return first;
}

}  // namespace alluvium::code
