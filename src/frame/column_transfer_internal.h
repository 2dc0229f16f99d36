#pragma once

#include "alluvium/frame/arrow_c.h"
#include "alluvium/frame/column.h"
#include "frame/column_builder_internal.h"

// Columns from and to code that speaks Arrow's C data interface.
namespace alluvium {

/// What views and builders were made for.
struct ColumnSource {
  [[nodiscard]] static const DataType& type_of(const ColumnView& column);
  [[nodiscard]] static const Field& field_of(const ColumnBuilder& column);
  [[nodiscard]] static ColumnBuilder::Impl::Kind kind_of(const ColumnBuilder& column);
  /// The column as an array that borrows its buffers and owns nothing.
  [[nodiscard]] static ArrowArray borrow(const ColumnView& column);
};

/// Checks an array that code which isn't trusted made for `type`: that it has `rows` rows, the
/// buffers and children of the type, and offsets that stay inside. What only a read shows (UTF-8)
/// is left to `append_column`. Errors: InvalidArgument.
void check_foreign_array(const ArrowArray& array, std::int64_t rows, const DataType& type);

/// Whether `append_column` can make columns of `type`.
[[nodiscard]] bool can_append_column(const DataType& type);

/// Appends a copy of the first `validity.rows()` values, with nulls where `validity` has them
/// (which knows the column's own). The column's values are of the builder's type, or convert to it
/// without loss: of another layout or narrower. Errors: as `ColumnBuilder`.
void append_column(ColumnBuilder result, const ColumnView& column, const Validity& validity);

}  // namespace alluvium
