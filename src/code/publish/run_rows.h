#pragma once

#include <string_view>
#include <vector>

#include "alluvium/code/lake.h"
#include "alluvium/delta/provider.h"
#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/publish/table_properties.h"

namespace alluvium::code {

/// The declaration of the table `runs`, whose rows these are.
TableDeclaration runs_declaration();

/// `run` as a row. Errors: those of planning it.
DataFrame run_row(const Session& session, const Run& run, const Interrupt& interrupt);

/// The runs of `table`, which may be of an older format, as the query `rows` over the table
/// `published_runs` selects them, and in `order`. Errors: those of running the query.
std::vector<Run> read_run_rows(const Session& session, const delta::ProviderBundle& table,
                               std::string_view rows, std::string_view order,
                               const Interrupt& interrupt);

}  // namespace alluvium::code
