#pragma once

#include <functional>
#include <string>

#include "alluvium/frame/data_frame.h"
#include "alluvium/frame/interrupt.h"
#include "alluvium/session/session.h"
#include "bridge/handles.h"

namespace alluvium {

/// Plans a statement again, over the tables as they are registered then.
using PlanStatement = std::function<bridge::PlannedStatement(const Interrupt&)>;

/// Carries out a statement that changes a Delta table, of which `change` is the engine's account,
/// and returns one row of what it did. The session plans; how tables are changed is known by the
/// delta room, which defines this.
DataFrame run_table_change(const Session& session, const PlanStatement& plan,
                           const std::string& change, const Interrupt& interrupt);

}  // namespace alluvium
