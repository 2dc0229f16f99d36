#pragma once

#include <memory>

#include "alluvium/frame/arrow_c.h"
#include "alluvium/frame/record_batch.h"
#include "frame/column_internal.h"

namespace alluvium {

struct RecordBatch::Impl {
  /// Takes over `source`, also when this throws.
  Impl(ArrowArray* source, std::shared_ptr<const Schema> columns);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ArrowArray array;
  std::shared_ptr<const Schema> schema;
  ColumnTree tree;
};

/// Makes a batch of `array` (taken over, also when this throws) without reading a schema again.
/// Errors: InvalidArgument when they don't fit each other.
RecordBatch make_batch(ArrowArray* array, std::shared_ptr<const Schema> schema);

}  // namespace alluvium
