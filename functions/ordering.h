#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"
#include "functions/wide_integer.h"

namespace alluvium {

/// How values of a type are read to be compared. They have a total order: false before true,
/// numbers by value with NaN after all others, text and bytes byte by byte (which of text is the
/// order of code points), temporal values by time.
enum class Representation {
  None,  ///< Values have no order: nested types, intervals, decimals of more than 38 digits.
  Boolean,
  Signed,  ///< And temporal.
  Unsigned,
  Float,
  Bytes,
  Decimal,
};

/// Of a dictionary, that of its values; of untyped nulls, bytes.
Representation representation_of(const DataType& type);

/// Calls `use(std::type_identity<T>())` with the type in which values are read: bool, int64_t,
/// uint64_t, double, std::string_view or WideInteger.
template <typename Use>
auto with_representation(Representation representation, const Use& use) {
  switch (representation) {
    case Representation::Boolean:
      return use(std::type_identity<bool>());
    case Representation::Signed:
      return use(std::type_identity<std::int64_t>());
    case Representation::Unsigned:
      return use(std::type_identity<std::uint64_t>());
    case Representation::Float:
      return use(std::type_identity<double>());
    case Representation::Decimal:
      return use(std::type_identity<WideInteger>());
    case Representation::None:
    case Representation::Bytes:
      break;
  }
  return use(std::type_identity<std::string_view>());
}

/// The value of a row that isn't null. Zeros have no sign.
template <typename T>
T read_ordered(const ColumnView& column, std::int64_t row) {
  if constexpr (std::is_same_v<T, bool>) {
    return column.boolean(row);
  } else if constexpr (std::is_same_v<T, double>) {
    return column.float64(row) + 0.0;
  } else if constexpr (std::is_same_v<T, std::string_view>) {
    return column.bytes(row);
  } else if constexpr (std::is_same_v<T, WideInteger>) {
    return wide_integer(column.bytes(row));
  } else {
    return static_cast<T>(column.int64(row));
  }
}

/// What a value is kept as.
template <typename T>
using Kept = std::conditional_t<std::is_same_v<T, std::string_view>, std::string, T>;

template <typename A, typename B>
bool is_before(const A& a, const B& b) {
  if constexpr (std::is_same_v<A, double>) {
    return a < b || (std::isnan(b) && !std::isnan(a));
  } else {
    return a < b;
  }
}
template <typename A, typename B>
bool is_same(const A& a, const B& b) {
  if constexpr (std::is_same_v<A, double>) {
    return a == b || (std::isnan(a) && std::isnan(b));
  } else {
    return a == b;
  }
}

/// Appends a value to a column of the type it was read from.
void append_ordered(bool value, const DataType& type, ColumnBuilder& column);
void append_ordered(std::int64_t value, const DataType& type, ColumnBuilder& column);
void append_ordered(std::uint64_t value, const DataType& type, ColumnBuilder& column);
void append_ordered(double value, const DataType& type, ColumnBuilder& column);
void append_ordered(std::string_view value, const DataType& type, ColumnBuilder& column);
void append_ordered(WideInteger value, const DataType& type, ColumnBuilder& column);

}  // namespace alluvium
