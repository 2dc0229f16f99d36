#pragma once

#include "alluvium/session/session.h"

namespace alluvium::code {

/// Registers `scip_facts` (see `given_inputs`) without rows: there is no SCIP index.
void register_no_scip(const Session& session);

}  // namespace alluvium::code
