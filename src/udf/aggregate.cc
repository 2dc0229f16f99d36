#include "alluvium/error.h"
#include "alluvium/udf/aggregate_function.h"

namespace alluvium {

void Accumulator::retract(std::span<const ColumnView> /*arguments*/,
                          std::span<const std::size_t> /*groups*/) {
  throw Error(ErrorCode::Internal, "this accumulator can't take rows away");
}

}  // namespace alluvium
