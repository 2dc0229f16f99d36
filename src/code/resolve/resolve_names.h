#pragma once

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "code/datasets/datasets.h"

namespace alluvium::code {

/// Makes `imports_resolved`, `exports`, `relations`, `lookups` and `file_answers` of `file_modules`
/// and `file_interfaces`, tables of `session`: all that resolution says of a repository's names.
/// Any file can change any row of them, so each run makes them of all files; they are made together
/// because what they need of the files is read once.
MadeRows resolve_names(const Session& session, const Interrupt& interrupt);

}  // namespace alluvium::code
