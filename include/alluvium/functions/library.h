#pragma once

#include "alluvium/udf/function_set.h"

namespace alluvium {

/// The native function library: what the engine's own functions don't have. `RuntimeProfile`s take
/// it as their `functions`.
///
/// Hashes and ids are XXH3 over their parts, each with its length in bytes before it (8 bytes,
/// little-endian); of a null part the length is 2^64 - 1 and nothing follows, so that it differs
/// from every text. A number's part is its shortest decimal text, a boolean's is `true` or `false`.
/// The same value gives the same hash on every machine, whatever its width or layout.
///
/// The engine has `list_compact` (`array_compact`), `arrow_metadata` and `string_agg` itself.
///
/// Everything is deterministic and, unless its description says otherwise, null where an argument
/// is null.
FunctionSet function_library();

}  // namespace alluvium
