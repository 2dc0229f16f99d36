#pragma once

#include <string>
#include <vector>

#include "alluvium/frame/data_frame.h"

namespace alluvium::conformance {

/// A value of any type as text, in which different values differ: of a null, `NULL`.
std::string cell(const ColumnView& column, std::int64_t row);

/// The first column of what `frame` gives, in its order, and its field as the batches have it.
struct Column {
  Field field;
  std::vector<std::string> cells;
};
Column column_of(const DataFrame& frame);

}  // namespace alluvium::conformance
