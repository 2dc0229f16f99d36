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
  if (!run.source_revision.empty() && kept.source_revision == run.source_revision) return 0;
  if (!run.ref.empty() && kept.ref == run.ref) return 1;
  return 2;
}

/// The runs that `run` could start from as well as from `last`, the likeliest first, of those with
/// the same files the newest.
std::vector<Run> candidates(const RunBasis& basis, const PublishedRuns& runs, const Run& run,
                            const Run& last) {
  std::vector<Run> kept = read_history(basis.session, basis.lake, runs.version, basis.interrupt);
  std::ranges::reverse(kept);
  std::set<std::int64_t> files;
  std::erase_if(kept, [&](const Run& other) {
    return other.repo != run.repo || other.settings_hash != run.settings_hash ||
           is_partial(other) || !can_update(other) ||
           !files.insert(other.versions.at("files")).second || other.run_id == last.run_id;
  });
  std::ranges::stable_sort(kept, {}, [&](const Run& other) { return rank(other, run); });
  if (kept.size() > kRunsSeen) kept.resize(kRunsSeen);
  return kept;
}

}  // namespace

std::optional<NearestRun> nearest_run(const RunBasis& basis, const PublishedRuns& runs,
                                      const Run& run, const Run& last, std::size_t work,
                                      PresentFiles& files) {
  std::optional<NearestRun> nearest;
  if (work <= kFewFiles) return nearest;
  std::size_t least = work / 2;
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
