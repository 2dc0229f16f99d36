#include "code/index/nearest_run.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "alluvium/error.h"
#include "code/index/table_builds.h"
#include "code/publish/partial_run.h"
#include "code/repository/interruption.h"

namespace alluvium::code {
namespace {

/// So few files take no longer than to look for a run and to go back to it.
constexpr std::size_t kFewFiles = 4;

/// So many runs are looked at: each has a table to be read.
constexpr std::size_t kRunsSeen = 4;

/// How likely a run had the files that are there now, the likeliest least.
int rank(const Run& kept, const Run& run) {
  const bool is_same_commit =
      !run.source_revision.empty() && kept.source_revision == run.source_revision;
  if (is_same_commit && !kept.dirty && !run.dirty) return 0;
  if (is_same_commit) return 1;
  return !run.ref.empty() && kept.ref == run.ref ? 2 : 3;
}

/// Whether what `kept` pins is what `run` would make of its files.
bool is_of_same_kind(const Run& kept, const Run& run) {
  return kept.repo == run.repo && kept.settings_hash == run.settings_hash && !is_partial(kept) &&
         can_update(kept);
}

/// The runs that `run` could start from as well as from `last`, the likeliest first, of those that
/// are as likely the newest; of those with the same files, one.
std::vector<Run> candidates(const RunBasis& basis, const PublishedRuns& runs, const Run& run,
                            const Run& last) {
  std::vector<Run> history = read_history(basis.session, basis.lake, runs.version, basis.interrupt);
  std::ranges::reverse(history);
  std::ranges::stable_sort(history, {}, [&](const Run& kept) { return rank(kept, run); });
  std::set<std::int64_t> files;
  if (is_of_same_kind(last, run)) files.insert(last.versions.at("files"));
  std::vector<Run> found;
  for (Run& kept : history) {
    if (found.size() == kRunsSeen) break;
    if (kept.run_id == last.run_id || !is_of_same_kind(kept, run)) continue;
    if (files.insert(kept.versions.at("files")).second) found.push_back(std::move(kept));
  }
  return found;
}

}  // namespace

std::optional<NearestRun> nearest_run(const RunBasis& basis, const PublishedRuns& runs,
                                      const Run& run, const Run& last, std::size_t work,
                                      PresentFiles& files) {
  std::optional<NearestRun> nearest;
  if (work <= kFewFiles) return nearest;
  std::size_t least = (work + 1) / 2;
  for (Run& kept : candidates(basis, runs, run, last)) {
    StatCache known{.repo = run.repo,
                    .root = basis.repository.root().string(),
                    .run_id = kept.run_id,
                    .files = {}};
    try {
      known.files = read_published_files(basis.session, basis.lake, kept, basis.interrupt);
    } catch (const Error&) {
      // What isn't there any more is nothing to go back to.
      throw_if_interrupted(basis.interrupt, "comparing files");
      continue;
    }
    FileChanges changes = files.compare(known.files);
    if (changes.count() >= least) continue;
    least = changes.count();
    nearest = {.run = std::move(kept), .known = std::move(known), .changes = std::move(changes)};
    if (least == 0) break;
  }
  return nearest;
}

}  // namespace alluvium::code
