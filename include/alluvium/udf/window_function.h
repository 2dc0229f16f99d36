#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"
#include "alluvium/udf/function.h"

namespace alluvium {

/// A window function in C++: one value for each row of a partition, in the window's order. (Every
/// aggregate is one too.)
///
/// The kernels are called from many threads at once, for different partitions, and must be const in
/// effect.
struct WindowFunction {
  /// Appends `rows` values: of a whole partition at once.
  using PartitionKernel = std::function<void(std::span<const ColumnView> arguments,
                                             std::int64_t rows, ColumnBuilder& result)>;
  /// Appends one value: of the row whose frame is the half-open range of rows `frame`.
  using FrameKernel = std::function<void(std::span<const ColumnView> arguments,
                                         ColumnView::Range frame, ColumnBuilder& result)>;

  std::string name;
  std::vector<Parameter> parameters;
  /// Result type, nullability and metadata; the name is ignored.
  Field returns = {};
  std::function<Field(const FunctionCall& call)> return_field = {};
  /// One of the two is given.
  PartitionKernel partition_kernel = {};
  FrameKernel frame_kernel = {};
  std::vector<std::string> aliases = {};
  FunctionDocumentation documentation = {};
};

}  // namespace alluvium
