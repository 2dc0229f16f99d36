#pragma once

#include "alluvium/frame/data_frame.h"

namespace alluvium::delta {

/// Checks that every column of `schema` has a type that Delta can store, at any depth. The engine
/// would notice too, but only after it has planned, and in words that help nobody.
/// Errors: Unsupported; names the column and a cast that makes it fit.
void check_types(const Schema& schema);

/// The rows as Delta can store them: unsigned integers, which Delta doesn't have, in the next wider
/// signed type, at any depth. A 64-bit one becomes an int64; a value above its maximum fails the
/// write. (delta-rs would store it as it is, in a table that nobody can read.)
DataFrame storable(const DataFrame& rows);

}  // namespace alluvium::delta
