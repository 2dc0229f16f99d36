#pragma once

#include "alluvium/code/index.h"
#include "code/index/run_basis.h"
#include "code/index/run_decision.h"
#include "code/publish/runs_table.h"
#include "code/publish/utc_time.h"

namespace alluvium::code {

/// The run that a run was to go back to can't be taken over as a whole: some of its data files are
/// gone, for one. What was committed by then is never published.
struct EarlierRunLost {};

/// Does what was decided, under the repository's lock: makes and commits the tables and publishes
/// the run, which it adds to `runs`; or finds that there is nothing to do. The report lacks the
/// time and the memory that it took. Errors: Cancelled, those of making and committing the tables;
/// throws `FilesChanged` too. After any of them nothing is published.
IndexReport carry_out(const RunBasis& basis, const RunDecision& decision, UtcMicros started,
                      PublishedRuns& runs);

}  // namespace alluvium::code
