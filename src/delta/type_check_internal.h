#pragma once

#include "alluvium/frame/data_frame.h"

namespace alluvium::delta {

/// Checks that every column of `schema` has a type that Delta can store, at any depth. The engine
/// would notice too, but only after it has planned, and in words that help nobody.
/// Errors: Unsupported; names the column and a cast that makes it fit.
void check_types(const Schema& schema);

/// The schema as Delta stores it: unsigned integers, which Delta doesn't have, in the next wider
/// signed type, at any depth, and a 64-bit one as an int64; instants in microseconds of UTC, since
/// delta-rs makes no table with another zone. Parquet's field ids are left out of the metadata:
/// other engines read nulls where a schema has them and the table doesn't map by them.
Schema storable(Schema schema);

/// The rows in that form. A value above int64's maximum fails the write with SchemaMismatch, which
/// names the column. (delta-rs would store it as it is, in a table that nobody can read.)
DataFrame storable(const DataFrame& rows);

}  // namespace alluvium::delta
