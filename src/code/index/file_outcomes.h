#pragma once

#include <string>
#include <string_view>

#include "alluvium/code/lake.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/index/file_ids.h"
#include "code/publish/lake_layout.h"
#include "code/publish/table_properties.h"
#include "code/resolve/resolved_names.h"

namespace alluvium::code {

/// The files of whose outcomes some differ, or are in one only, in order. A run compares what
/// resolution came to with what it came to in the run before, and so knows which files' rows to
/// write without looking at the tables.
FileIds differing(const FileOutcomes& a, const FileOutcomes& b);
/// Those whose outcomes in that dataset do.
FileIds differing(const FileOutcomes& a, const FileOutcomes& b, std::string_view dataset);

/// The table that keeps them: a row for each file and dataset.
TableDeclaration outcomes_declaration();

/// As rows of the table.
DataFrame outcome_rows(const Session& session, const std::string& repo,
                       const FileOutcomes& outcomes);

/// Those of `run`. Errors: as reading a table.
FileOutcomes read_outcomes(const Session& session, const LakeLayout& lake, const Run& run,
                           const Interrupt& interrupt);

}  // namespace alluvium::code
