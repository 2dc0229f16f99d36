#pragma once

#include <vector>

#include "code/resolve/class_hierarchy.h"
#include "code/resolve/program.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

/// A function may take a member of a class by a name that it makes.
struct Pick {
  ProgramIndex function = kNowhere;
  ProgramIndex member = kNowhere;
};

/// What functions that say `getattr(x, "visit_" + kind)` may take: of the classes that x may be of,
/// of their bases and of the classes that are derived from them, each member whose name fits.
std::vector<Pick> find_picks(const Program& program, const ClassHierarchy& classes,
                             const ValueFlow& flow);

}  // namespace alluvium::code
