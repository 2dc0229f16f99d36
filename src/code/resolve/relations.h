#pragma once

#include <vector>

#include "alluvium/frame/record_batch.h"
#include "code/resolve/class_hierarchy.h"
#include "code/resolve/program.h"
#include "code/resolve/value_flow.h"

namespace alluvium::code {

/// The rows of `relations`: how a definition depends on another without naming it in its own body.
///
///   base       of the class def_id, in order
///   override   a call of the method def_id may be one of related_def_id, in a subclass
///   decorator  of def_id, from the top
///   construct  calling the class def_id calls its method related_def_id
///
/// They are rows of the file of def_id.
std::vector<RecordBatch> relations_rows(const Program& program, const ClassHierarchy& classes,
                                        const ValueFlow& flow);

}  // namespace alluvium::code
