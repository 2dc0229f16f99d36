#pragma once

#include <string>
#include <vector>

#include "alluvium/udf/function_set.h"

namespace alluvium::conformance {

/// Values of one Arrow type, as SQL: the extremes, NaN, text of many bytes, a null among them.
struct Sample {
  std::string type;  ///< As `arrow_cast` reads it; a label for nested types.
  std::vector<std::string> values;
};

/// The samples of the types that `parameter` takes, each in every layout that Arrow has for it.
std::vector<Sample> samples_of(const Parameter& parameter);

/// An argument that `parameter` must refuse; empty when it takes everything.
std::string misfit_of(const Parameter& parameter);

}  // namespace alluvium::conformance
