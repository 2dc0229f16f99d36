#include "functions/ordering.h"

#include <array>
#include <cstring>

namespace alluvium {

using Id = DataType::Id;

Representation representation_of(const DataType& type) {
  switch (type.id()) {
    case Id::Bool:
      return Representation::Boolean;
    case Id::Int8:
    case Id::Int16:
    case Id::Int32:
    case Id::Int64:
    case Id::Date32:
    case Id::Date64:
    case Id::Time32:
    case Id::Time64:
    case Id::Timestamp:
    case Id::Duration:
      return Representation::Signed;
    case Id::UInt8:
    case Id::UInt16:
    case Id::UInt32:
    case Id::UInt64:
      return Representation::Unsigned;
    case Id::Float16:
    case Id::Float32:
    case Id::Float64:
      return Representation::Float;
    case Id::Null:
    case Id::Utf8:
    case Id::LargeUtf8:
    case Id::Utf8View:
    case Id::Binary:
    case Id::LargeBinary:
    case Id::BinaryView:
    case Id::FixedSizeBinary:
      return Representation::Bytes;
    case Id::Dictionary:
      return representation_of(type.children().at(1).type);
    case Id::Decimal256:
      return Representation::None;
    default:
      return type.format().starts_with("d:") ? Representation::Decimal : Representation::None;
  }
}

void append_ordered(bool value, const DataType& /*type*/, ColumnBuilder& column) {
  column.append(value);
}

void append_ordered(std::int64_t value, const DataType& /*type*/, ColumnBuilder& column) {
  column.append(value);
}

void append_ordered(std::uint64_t value, const DataType& /*type*/, ColumnBuilder& column) {
  if (value <= std::uint64_t{INT64_MAX}) return column.append(static_cast<std::int64_t>(value));
  *column.extend<std::uint64_t>(Validity(1)) = value;  // only columns of this width hold it
}

void append_ordered(double value, const DataType& /*type*/, ColumnBuilder& column) {
  column.append(value);
}

void append_ordered(std::string_view value, const DataType& /*type*/, ColumnBuilder& column) {
  column.append(value);
}

void append_ordered(WideInteger value, const DataType& type, ColumnBuilder& column) {
  std::array<char, sizeof value> bytes;
  std::memcpy(bytes.data(), &value, sizeof value);
  std::size_t width = sizeof value;
  if (type.format().ends_with(",32")) width = 4;
  if (type.format().ends_with(",64")) width = 8;
  column.append(std::string_view(bytes.data(), width));
}

}  // namespace alluvium
