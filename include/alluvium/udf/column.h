#pragma once

#include "alluvium/frame/column.h"

namespace alluvium::udf {
using alluvium::ColumnBuilder;
using alluvium::ColumnView;
}  // namespace alluvium::udf
