#pragma once

#include <string_view>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/publish/lake_layout.h"
#include "code/publish/utc_time.h"

namespace alluvium::code {

/// The table that remembers which runs were removed, so that who asks for one gets to know. Nobody
/// else reads it.
inline constexpr std::string_view kRemovedRunsTable = "_removed_runs";

/// Remembers that the runs before those of `oldest_kept` are removed: each repository's, as they
/// still are in `runs`. Errors: as `delta::write`.
void record_removed_runs(const Session& session, const LakeLayout& lake,
                         const std::vector<Run>& oldest_kept, UtcMicros now,
                         const Interrupt& interrupt);

/// The runs that were removed, in the order in which they finished, with what a moment can name:
/// repo, run_id, source_revision, dirty and finished_at. Errors: as `read_runs`.
std::vector<Run> read_removed_runs(const Session& session, const LakeLayout& lake,
                                   const Interrupt& interrupt);

}  // namespace alluvium::code
