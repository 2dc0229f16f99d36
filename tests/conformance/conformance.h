#pragma once

#include <string>
#include <vector>

#include "alluvium/udf/function_set.h"

/// What every function owes its callers, whatever it computes. Driven by what the functions declare
/// of themselves, so that a new one is covered without a new test.
namespace alluvium::conformance {

/// What the functions of `functions` do against the rules, one line each: the function, the rule,
/// the call, and what was seen. Empty for sound functions. The rules:
///
///  - rows: a value for each row, none more, also for no rows.
///  - field: the type, nullability and metadata of the result are what the plan said.
///  - batches: the same values whatever the sizes of batches and the number of partitions.
///  - scalars: the same values for constants as for columns; folded ones too.
///  - slices: the same values for arrays that begin at an offset.
///  - layouts: the same values in every layout of strings and bytes.
///  - example: the documented example runs, and gives what is documented.
///  - arity, types: wrong calls are InvalidQuery.
///  - groups, merges, frames, distinct: aggregates and windows give what one pass over the same
///  rows
///    gives.
std::vector<std::string> violations(const FunctionSet& functions);
/// The same of `functions`, in sessions that have all of `session`, for examples that use others.
std::vector<std::string> violations(const FunctionSet& functions, const FunctionSet& session);

}  // namespace alluvium::conformance
