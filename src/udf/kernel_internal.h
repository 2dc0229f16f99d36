#pragma once

#include <cstdint>
#include <vector>

#include "alluvium/frame/arrow_c.h"
#include "alluvium/udf/scalar_function.h"

namespace alluvium {

/// Runs the kernel of `function` on `rows` rows. `arguments` is a struct array with one child for
/// each argument, `argument_schema` its type; both are taken over, also when this throws. The child
/// of a scalar argument (`is_scalar`) holds its one value in its first row. `out` receives the
/// result, of the type that the function declares.
///
/// Errors: FunctionFailed, which names the function: the kernel threw, or its result has another
/// number of rows, or nulls where the declaration has none.
/// Thread-safety: may be called from many threads at once.
void invoke_kernel(const ScalarFunction& function, std::int64_t rows, ArrowArray* arguments,
                   ArrowSchema* argument_schema, const std::vector<bool>& is_scalar,
                   ArrowArray* out);

}  // namespace alluvium
