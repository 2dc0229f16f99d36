#pragma once

#include <string>
#include <vector>

#include "alluvium/frame/data_type.h"
#include "alluvium/session/session.h"

namespace alluvium::cli {

/// Reads columns as people write them, each `NAME TYPE [NOT NULL]` with a type of the engine's SQL,
/// which reads it, or a map `MAP<KEY, VALUE>`. Errors: InvalidArgument, quoting the text; those of
/// planning a cast to the type.
Schema columns_of(const Session& session, const std::vector<std::string>& texts);

}  // namespace alluvium::cli
