#pragma once

#include "alluvium/udf/table_function.h"

namespace alluvium::code {

/// SQL `impact(changed, min_confidence => 0.5, max_distance => ...)`: what a change reaches,
/// nearest first, by the edges of a lake's session (all kinds but imports, which say more than is
/// known).
///
/// `changed` names what changed, one a line: a definition by its id; a module, class or function by
/// one or more whole parts of its dotted name (with all that is in it; all of that name, where
/// there are several); a file or folder by its path (with all its definitions). Columns: repo,
/// node_id, kind, name, path, line, distance, confidence, via, from_id, root_id, is_test, test_id
/// (as a test runner takes it; null for what is no test). Errors: NotFound.
TableFunction impact_function();

}  // namespace alluvium::code
