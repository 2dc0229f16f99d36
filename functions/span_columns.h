#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"

namespace alluvium {

/// Half-open.
struct Interval {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  /// How many positions lie in it; negative when it ends before it begins. Saturates.
  [[nodiscard]] std::int64_t length() const;
  [[nodiscard]] bool overlaps(Interval other) const;
  [[nodiscard]] bool contains(Interval other) const;
};

/// The type of `span_make`.
DataType span_type();

/// Reads structs as spans: their integers `bstart` and `bend`, and whether `bend` is behind the
/// span (`end_exclusive`; true where it is missing or null).
///
/// Thread-safety: const access from many threads.
class SpanColumns {
 public:
  /// Why `type` is no span; empty when it is.
  static std::string refusal(const DataType& type);

  explicit SpanColumns(const ColumnView& spans);

  /// The span; none where it or one of its bounds is null.
  [[nodiscard]] std::optional<Interval> at(std::int64_t row) const;

 private:
  ColumnView spans_;
  std::optional<ColumnView> begin_;  // none for a column of nulls
  std::optional<ColumnView> end_;
  std::optional<ColumnView> end_exclusive_;
};

}  // namespace alluvium
