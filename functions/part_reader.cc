#include "functions/part_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "alluvium/error.h"
#include "functions/wide_integer.h"

namespace alluvium {
namespace {

using Id = DataType::Id;

std::string_view number_text(double value, std::array<char, 192>& digits) {
  if (std::isnan(value)) return "NaN";
  char* const begin = digits.data();
  char* const end = begin + digits.size();
  // A whole number is written as an integer of that value is.
  constexpr double kIntegers = 9223372036854775808.0;
  if (std::abs(value) < kIntegers && value == std::trunc(value)) {
    return {begin, std::to_chars(begin, end, static_cast<std::int64_t>(value)).ptr};
  }
  return {begin, std::to_chars(begin, end, value).ptr};
}

// A decimal without the zeros behind its point.
std::string_view decimal_text(WideInteger value, int scale, std::array<char, 192>& digits) {
  for (; scale > 0 && value % 10 == 0; --scale) value /= 10;
  if (value == 0) scale = 0;
  char* const end = digits.data() + digits.size();
  char* at = end;
  const bool negative = value < 0;
  const auto digit = [&] {
    const int last = static_cast<int>(value % 10);
    value /= 10;
    return static_cast<char>('0' + (last < 0 ? -last : last));
  };
  for (int zeros = scale; zeros < 0; ++zeros) *--at = '0';
  const int point = scale;
  for (int written = 0; value != 0 || written <= point; ++written) {
    if (point > 0 && written == point) *--at = '.';
    *--at = digit();
  }
  if (negative) *--at = '-';
  return {at, end};
}

}  // namespace

int decimal_scale(const DataType& type) {
  // `d:precision,scale` or `d:precision,scale,bits`
  const std::string& format = type.format();
  int scale = 0;
  std::from_chars(format.data() + format.find(',') + 1, format.data() + format.size(), scale);
  return scale;
}

PartReader::Kind PartReader::kind_of(const DataType& type) {
  switch (type.id()) {
    case Id::Bool:
      return Kind::Boolean;
    case Id::Int8:
    case Id::Int16:
    case Id::Int32:
    case Id::Int64:
      return Kind::Signed;
    case Id::UInt8:
    case Id::UInt16:
    case Id::UInt32:
    case Id::UInt64:
      return Kind::Unsigned;
    case Id::Float16:
    case Id::Float32:
    case Id::Float64:
      return Kind::Float;
    default:
      return type.format().starts_with("d:") ? Kind::Decimal : Kind::Bytes;
  }
}

std::string_view PartReader::refusal(const DataType& type) {
  if (kind_of(type) == Kind::Decimal) {
    const bool fits = type.id() != Id::Decimal256 && std::abs(decimal_scale(type)) <= 76;
    return fits ? "" : "decimals of more than 38 digits can't be hashed";
  }
  if (kind_of(type) != Kind::Bytes) return "";
  switch (type.id()) {
    case Id::Null:
    case Id::Utf8:
    case Id::LargeUtf8:
    case Id::Utf8View:
    case Id::Binary:
    case Id::LargeBinary:
    case Id::BinaryView:
    case Id::FixedSizeBinary:
      return "";
    case Id::Dictionary:
      return refusal(type.children().at(1).type);
    default:
      return "it must be text, bytes, a number or a boolean: cast it to text";
  }
}

PartReader::PartReader(const ColumnView& column) : column_(column), kind_(kind_of(column.type())) {
  const std::string_view why = refusal(column.type());
  if (!why.empty()) throw Error(ErrorCode::InvalidQuery, std::string(why));
  if (kind_ == Kind::Decimal) scale_ = decimal_scale(column.type());
}

std::string_view PartReader::written(std::int64_t row) {
  char* const begin = digits_.data();
  char* const end = begin + digits_.size();
  switch (kind_) {
    case Kind::Bytes:
      break;
    case Kind::Boolean:
      return column_.boolean(row) ? "true" : "false";
    case Kind::Signed:
      return {begin, std::to_chars(begin, end, column_.int64(row)).ptr};
    case Kind::Unsigned:
      return {begin, std::to_chars(begin, end, static_cast<std::uint64_t>(column_.int64(row))).ptr};
    case Kind::Float:
      return number_text(column_.float64(row), digits_);
    case Kind::Decimal:
      return decimal_text(wide_integer(column_.bytes(row)), scale_, digits_);
  }
  return column_.bytes(row);
}

}  // namespace alluvium
