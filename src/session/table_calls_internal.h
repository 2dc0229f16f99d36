#pragma once

#include <functional>

#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "bridge/handles.h"

namespace alluvium {

/// One pass of planning a statement, with what is known of its table functions.
using PlanningPass =
    std::function<bridge::PlannedStatement(bridge::ResolvedCalls&, const Interrupt&)>;

/// Plans a statement, calling the table functions of the session's profile that it needs: on this
/// thread, between the passes, where nothing of the engine is held.
bridge::PlannedStatement plan_with_table_functions(const Session& session, const PlanningPass& plan,
                                                   const Interrupt& interrupt);

}  // namespace alluvium
