#pragma once

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/publish/lake_layout.h"
#include "code/publish/runs_table.h"

namespace alluvium::code {

/// Writes `engine_script` for the lake's current runs, a file for each engine, in place of the ones
/// before, unless they say the same already. The runs are read again if `known` are not the latest
/// any more. Errors: as `read_runs`, and Io, ResourceExhausted.
void refresh_shipped_views(const Session& session, const LakeLayout& lake,
                           const PublishedRuns& known, const Interrupt& interrupt);

}  // namespace alluvium::code
