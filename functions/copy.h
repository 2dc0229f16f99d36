#pragma once

#include <cstdint>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"

namespace alluvium {

/// The type in which `copy_value` and `copy_column` can build values of `type`: without
/// dictionaries, with plain lists for list views and lists of fixed size; fields of structs can be
/// null.
/// Errors: InvalidQuery for types that can't be built (unions, intervals, run-end encoding).
DataType copied_type(const DataType& type);

/// Appends the value of `row`, nested ones too, to a column of its `copied_type`, or of a number
/// type that holds it.
void copy_value(const ColumnView& column, std::int64_t row, ColumnBuilder result);
/// Appends the first `rows` values.
void copy_column(const ColumnView& column, std::int64_t rows, ColumnBuilder result);

}  // namespace alluvium
