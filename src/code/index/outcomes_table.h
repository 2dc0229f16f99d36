#pragma once

#include <string>

#include "alluvium/code/lake.h"
#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/identity/file_outcomes.h"
#include "code/index/file_ids.h"
#include "code/publish/lake_layout.h"
#include "code/publish/table_properties.h"

namespace alluvium::code {

/// The table that keeps outcomes, a row a file. A run compares its own with those of the run
/// before, and so knows which files' rows to write, and how many rows there are, without looking at
/// the tables.
TableDeclaration outcomes_declaration();

/// As rows of the table.
DataFrame outcome_rows(const Session& session, const std::string& repo,
                       const FileOutcomes& outcomes);

/// Those of `run`. Errors: as reading a table; Corruption.
FileOutcomes read_outcomes(const Session& session, const LakeLayout& lake, const Run& run,
                           const Interrupt& interrupt);

/// Puts the outcomes of the files' own facts, a column of the frame `facts`, in place of what
/// `outcomes` has of those files.
void add_outcomes_of_facts(const DataFrame& facts, FileOutcomes& outcomes,
                           const Interrupt& interrupt);

/// Puts those of a dataset whose rows belong to no file in place of what `outcomes` has of it.
void add_outcomes_of_rows(std::string_view dataset, const DataFrame& rows,
                          std::string_view file_column, FileOutcomes& outcomes,
                          const Interrupt& interrupt);

}  // namespace alluvium::code
