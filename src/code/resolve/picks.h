#pragma once

#include "code/resolve/class_hierarchy.h"
#include "code/resolve/member_question.h"
#include "code/resolve/program.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

/// What functions that say `getattr(x, "visit_" + kind)` may take: of the classes that x may be of,
/// of their bases and of the classes that are derived from them, each member whose name fits.
MeantMembers find_picks(const Program& program, const ClassHierarchy& classes,
                        const ValueFlow& flow);

}  // namespace alluvium::code
