#pragma once

#include <cstdint>
#include <vector>

#include "alluvium/frame/arrow_c.h"
#include "alluvium/frame/column.h"

namespace alluvium {

struct ColumnBuilder::Impl {
  enum class Kind {
    Null,
    Bool,
    Integer,
    Float,
    Text,
    Bytes,
    FixedBytes,
    Decimal,
    List,
    Struct,
    Unsupported
  };

  /// `array` is nanoarrow's, initialised for the type of `described`. Both outlive this.
  Impl(const Field& described, ArrowArray* target);

  const Field* field;
  Kind kind;
  /// Bytes of a number or decimal, or of an offset of text; 0 for other layouts.
  std::size_t width;
  ArrowArray* array;
  std::vector<Impl> children;
  /// Items that belong to the list values so far: more of them belong to an unfinished one.
  std::int64_t claimed_items = 0;
};

}  // namespace alluvium
