#include "alluvium/udf/aggregate_function.h"

#include "alluvium/error.h"

namespace alluvium {

void Accumulator::retract(std::span<const ColumnView> /*arguments*/,
                          std::span<const std::size_t> /*groups*/) {
  throw Error(ErrorCode::Internal, "an aggregate that doesn't retract was asked to");
}

}  // namespace alluvium
