#pragma once

#include "code/resolve/class_hierarchy.h"
#include "code/resolve/member_question.h"
#include "code/resolve/program.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

/// The hooks of a program, which a function calls of an object whose class doesn't have them, but a
/// class that is derived from that: what mixins and abstract classes call on themselves and leave
/// to their subclasses, or have of a base from elsewhere that these override.
MeantMembers find_hooks(const Program& program, const ClassHierarchy& classes,
                        const ValueFlow& flow);

}  // namespace alluvium::code
