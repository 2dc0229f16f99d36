#include "functions/copy.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "alluvium/error.h"

namespace alluvium {
namespace {

using Id = DataType::Id;

bool is_list(const DataType& type) {
  return type.id() == Id::List || type.id() == Id::LargeList || type.id() == Id::FixedSizeList ||
         type.format() == "+vl" || type.format() == "+vL";
}

const DataType& value_type(const ColumnView& column) {
  const DataType& type = column.type();
  return type.id() == Id::Dictionary ? type.children().at(1).type : type;
}

void copy_unsigned(std::uint64_t value, ColumnBuilder& result) {
  if (value <= std::uint64_t{INT64_MAX}) return result.append(static_cast<std::int64_t>(value));
  *result.extend<std::uint64_t>(Validity(1)) = value;  // only columns of this width hold it
}

void copy_items(const ColumnView& column, std::int64_t row, ColumnBuilder& result) {
  const ColumnView items = column.child(0);
  const ColumnView::Range range = column.list_range(row);
  for (std::int64_t item = range.begin; item < range.end; ++item) {
    copy_value(items, item, result.child(0));
  }
  result.finish_element();
}

template <typename T>
bool copy_numbers(const ColumnView& column, std::int64_t rows, ColumnBuilder& result) {
  const T* const values = column.data<T>();
  if (values == nullptr) return false;
  const Validity validity = Validity::of_all({&column, 1}, rows);
  std::copy(values, values + rows, result.extend<T>(validity));
  return true;
}

bool copy_texts(const ColumnView& column, std::int64_t rows, ColumnBuilder& result) {
  const auto texts = column.text_data();
  if (!texts) return false;
  const Validity validity = Validity::of_all({&column, 1}, rows);
  std::vector<std::int32_t> lengths(static_cast<std::size_t>(rows));
  for (std::int64_t row = 0; row < rows; ++row) {
    if (validity.is_null(row)) continue;
    lengths[static_cast<std::size_t>(row)] = texts->offsets[row + 1] - texts->offsets[row];
  }
  char* out = result.extend_text(lengths, validity);
  if (validity.null_count() == 0) {
    std::copy(texts->bytes + texts->offsets[0], texts->bytes + texts->offsets[rows], out);
    return true;
  }
  for (std::int64_t row = 0; row < rows; ++row) {
    out = std::copy_n(texts->bytes + texts->offsets[row], lengths[static_cast<std::size_t>(row)],
                      out);
  }
  return true;
}

// Key and value of a map: no entry is null, nor is a key.
DataType copied_entries(const DataType& entries) {
  std::vector<Field> fields = entries.children();
  for (Field& field : fields) field.type = copied_type(field.type);
  return DataType(entries.format(), std::move(fields));
}

}  // namespace

DataType copied_type(const DataType& type) {
  if (type.id() == Id::Dictionary && type.children().at(1).type.children().empty()) {
    return copied_type(type.children().at(1).type);
  }
  std::vector<Field> children = type.children();
  for (Field& child : children) {
    const bool entries = type.id() == Id::Map;
    child.type = entries ? copied_entries(child.type) : copied_type(child.type);
    // The fields of a struct that is null are null.
    child.nullable = child.nullable || type.id() == Id::Struct;
  }
  if (is_list(type)) return DataType(type.id() == Id::LargeList ? "+L" : "+l", std::move(children));
  const bool interval = type.format().starts_with("ti");
  const bool decimal = type.format().starts_with("d:");
  if (interval || type.id() == Id::Dictionary || (type.id() == Id::Other && !decimal)) {
    throw Error(ErrorCode::InvalidQuery, "values of type " + type.to_string() + " can't be copied");
  }
  return DataType(type.format(), std::move(children));
}

void copy_value(const ColumnView& column, std::int64_t row, ColumnBuilder result) {
  if (column.is_null(row)) return result.append_null();
  const DataType& type = value_type(column);
  switch (type.id()) {
    case Id::Bool:
      return result.append(column.boolean(row));
    case Id::UInt8:
    case Id::UInt16:
    case Id::UInt32:
    case Id::UInt64:
      return copy_unsigned(static_cast<std::uint64_t>(column.int64(row)), result);
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
      return result.append(column.int64(row));
    case Id::Float16:
    case Id::Float32:
    case Id::Float64:
      return result.append(column.float64(row));
    case Id::Struct:
      for (int i = 0; i < column.child_count(); ++i) {
        copy_value(column.child(i), row, result.child(i));
      }
      return result.finish_element();
    case Id::Map:
      return copy_items(column, row, result);
    default:
      if (is_list(type)) return copy_items(column, row, result);
      result.append(column.bytes(row));
  }
}

void copy_column(const ColumnView& column, std::int64_t rows, ColumnBuilder result) {
  const DataType& type = column.type();
  if (type.id() != Id::Bool && type.id() != Id::Dictionary) {
    const bool copied =
        copy_numbers<std::int64_t>(column, rows, result) ||
        copy_numbers<std::int32_t>(column, rows, result) ||
        copy_numbers<double>(column, rows, result) || copy_numbers<float>(column, rows, result) ||
        copy_numbers<std::uint64_t>(column, rows, result) ||
        copy_numbers<std::uint32_t>(column, rows, result) || copy_texts(column, rows, result);
    if (copied) return;
  }
  for (std::int64_t row = 0; row < rows; ++row) copy_value(column, row, result);
}

}  // namespace alluvium
