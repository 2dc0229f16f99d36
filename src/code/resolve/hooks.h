#pragma once

#include <vector>

#include "code/resolve/class_hierarchy.h"
#include "code/resolve/program.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

/// What a function calls of an object whose class doesn't have it: a class that is derived from
/// that does.
struct Hook {
  ProgramIndex caller = kNowhere;
  ProgramIndex member = kNowhere;
};

/// The hooks of a program: what mixins and abstract classes call on themselves and leave to their
/// subclasses, or have of a base from elsewhere that these override.
std::vector<Hook> find_hooks(const Program& program, const ClassHierarchy& classes,
                             const ValueFlow& flow);

}  // namespace alluvium::code
