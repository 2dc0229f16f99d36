#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "alluvium/udf/aggregate_function.h"
#include "alluvium/udf/plugin_abi.h"
#include "alluvium/udf/scalar_function.h"

// What makes the library's functions of a plug-in's callbacks, which outlive them.
namespace alluvium {

ScalarFunction::Kernel plugin_kernel(const ScalarFunction& function,
                                     const AlluviumScalarFunction& callbacks,
                                     const AlluviumDeclaration& declaration);

std::function<Field(const FunctionCall&)> plugin_return_field(
    std::string function, const AlluviumDeclaration& declaration);

/// `states` where they don't depend on the call.
std::function<std::vector<Field>(const FunctionCall&)> plugin_state_fields(
    std::string function, const AlluviumAggregateFunction& callbacks,
    const AlluviumDeclaration& declaration, std::vector<Field> states);

/// `function` has its parameters and state fields.
std::function<std::unique_ptr<Accumulator>(const AggregateFunction::Call&)> plugin_accumulator(
    const AggregateFunction& function, const AlluviumAggregateFunction& callbacks,
    const AlluviumDeclaration& declaration);

}  // namespace alluvium
