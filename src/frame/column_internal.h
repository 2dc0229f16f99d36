#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "alluvium/frame/arrow_c.h"
#include "alluvium/frame/column.h"
#include "frame/column_builder_internal.h"

struct ArrowArrayView;

namespace alluvium {

/// The views of all columns of a struct array. The array and the fields must outlive them.
class ColumnTree {
 public:
  ColumnTree() = default;
  ColumnTree(ColumnTree&&) noexcept = default;
  ColumnTree& operator=(ColumnTree&&) noexcept = default;
  ColumnTree(const ColumnTree&) = delete;
  ColumnTree& operator=(const ColumnTree&) = delete;
  /// Errors: InvalidArgument when `array` doesn't have the shape of `columns`. `is_scalar` marks
  /// columns whose first row stands for all; empty for none.
  ColumnTree(const ArrowArray& array, const std::vector<Field>& columns,
             std::span<const bool> is_scalar = {});

  [[nodiscard]] const ColumnView::Impl* column(std::size_t index) const { return &nodes_[index]; }

 private:
  // Reserved to its final size before the first view is made, so that pointers into it hold.
  std::vector<ColumnView::Impl> nodes_;
};

/// Columns to be written, made ready once for the writers of many batches.
///
/// Thread-safety: immutable.
class WriterSchema {
 public:
  /// Errors: Unsupported when nanoarrow can't build a type.
  explicit WriterSchema(std::vector<Field> fields);

  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  /// What nanoarrow makes arrays by.
  [[nodiscard]] const ArrowArrayView& layout() const { return *layout_; }

 private:
  std::vector<Field> fields_;
  std::unique_ptr<ArrowArrayView, void (*)(ArrowArrayView*)> layout_;
};

/// Builds a struct array column by column.
class ColumnWriter {
 public:
  /// `schema` outlives this.
  explicit ColumnWriter(const WriterSchema& schema);
  ~ColumnWriter();
  ColumnWriter(const ColumnWriter&) = delete;
  ColumnWriter& operator=(const ColumnWriter&) = delete;

  [[nodiscard]] ColumnBuilder column(std::size_t index);
  [[nodiscard]] std::int64_t length(std::size_t index) const;
  /// Moves the struct array of what was appended to `out`. Errors: InvalidArgument when columns
  /// differ in length, or hold nulls where their field allows none (naming it).
  void finish(ArrowArray* out);

 private:
  const WriterSchema& schema_;
  ArrowArray array_{};
  std::vector<ColumnBuilder::Impl> builders_;
};

}  // namespace alluvium
