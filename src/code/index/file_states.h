#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "alluvium/code/lake.h"
#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/identity/file_outcomes.h"
#include "code/index/file_ids.h"
#include "code/publish/lake_layout.h"
#include "code/publish/table_properties.h"
#include "code/resolve/resolved_names.h"

namespace alluvium::code {

/// The table of what the next run starts from, a row a file: what resolution needs to know of it
/// (`interface`), what ties its names to other files (`links`), and what each dataset has of it
/// (`outcomes`), each packed. By the first, names are resolved without reading the files that did
/// not change; by the second a run knows of which files they are to be resolved; by the third it
/// knows which files' rows to write, and how many rows there are, without looking at the other
/// tables. Rows that belong to no file have their outcomes beside what names them.
TableDeclaration file_states_declaration();

/// The rows of all that `outcomes` has, or of `files` alone, in order; the interfaces are those of
/// the table `file_interfaces` of the session, the links those of `names`.
DataFrame file_state_rows(const Session& session, const std::string& repo,
                          const FileOutcomes& outcomes, const ResolvedNames& names,
                          const std::optional<FileIds>& files, const Interrupt& interrupt);

/// Those that `run` pins, in memory: file_id, interface, links, outcomes. Errors: as reading a
/// table.
DataFrame read_file_states(const Session& session, const LakeLayout& lake, const Run& run,
                           const Interrupt& interrupt);

/// Puts the outcomes of `rows` (file_id, outcomes) in place of what `outcomes` has of those files.
/// Errors: Corruption.
void add_outcomes_of_files(const DataFrame& rows, FileOutcomes& outcomes,
                           const Interrupt& interrupt);

/// Puts those of a dataset whose rows belong to no file in place of what `outcomes` has of it.
void add_outcomes_of_rows(std::string_view dataset, const DataFrame& rows,
                          std::string_view file_column, FileOutcomes& outcomes,
                          const Interrupt& interrupt);

}  // namespace alluvium::code
