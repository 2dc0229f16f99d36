#pragma once

#include "alluvium/frame/data_type.h"

namespace alluvium::delta {

/// Checks that every column of `schema` has a type that Delta can store, at any depth. The engine
/// would notice too, but only after it has planned, and in words that help nobody.
/// Errors: Unsupported; names the column and a cast that makes it fit.
void check_types(const Schema& schema);

}  // namespace alluvium::delta
