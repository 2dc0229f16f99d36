#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"
#include "functions/id_parts.h"

namespace alluvium {

/// Reads a column's values as the parts of a hash: text and bytes as they are, numbers as their
/// shortest decimal text (1, 1.0 and a decimal 1.00 are the same part), booleans as `true` and
/// `false`.
///
/// Thread-safety: one thread at a time.
class PartReader {
 public:
  /// Errors: InvalidQuery for types that make no part.
  explicit PartReader(const ColumnView& column);

  /// Why values of `type` make no part; empty when they do.
  static std::string_view refusal(const DataType& type);

  [[nodiscard]] const ColumnView& column() const { return column_; }
  /// The part of a row that is not null; holds until the next call.
  std::string_view text(std::int64_t row) {
    return kind_ == Kind::Bytes ? column_.bytes(row) : written(row);
  }
  void add_to(IdParts& parts, std::int64_t row) {
    if (column_.is_null(row)) {
      parts.add_null();
    } else {
      parts.add(text(row));
    }
  }

 private:
  enum class Kind { Bytes, Boolean, Signed, Unsigned, Float, Decimal };
  static Kind kind_of(const DataType& type);
  // The text of a value that is none.
  std::string_view written(std::int64_t row);

  ColumnView column_;
  Kind kind_;
  int scale_ = 0;  // of a decimal
  std::array<char, 192> digits_;
};

/// The scale of a decimal type.
int decimal_scale(const DataType& type);

}  // namespace alluvium
