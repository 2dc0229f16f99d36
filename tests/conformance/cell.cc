#include "cell.h"

#include <bit>

namespace alluvium::conformance {
namespace {

using Id = DataType::Id;

std::string parts(const ColumnView& column, std::int64_t begin, std::int64_t end) {
  std::string text = "[";
  for (std::int64_t at = begin; at < end; ++at) text += cell(column, at) + ",";
  return text + "]";
}

std::string fields(const ColumnView& column, std::int64_t row) {
  std::string text = "{";
  for (int i = 0; i < column.child_count(); ++i) text += cell(column.child(i), row) + ",";
  return text + "}";
}

}  // namespace

std::string cell(const ColumnView& column, std::int64_t row) {
  if (column.is_null(row)) return "NULL";
  const DataType& type = column.type();
  switch (type.id()) {
    case Id::Float16:
    case Id::Float32:
    case Id::Float64:
      // Bit by bit: -0.0 and 0.0 differ, a NaN equals itself.
      return std::to_string(std::bit_cast<std::uint64_t>(column.float64(row)));
    case Id::Utf8:
    case Id::LargeUtf8:
    case Id::Utf8View:
    case Id::Binary:
    case Id::LargeBinary:
    case Id::BinaryView:
    case Id::FixedSizeBinary:
    case Id::Decimal128:
    case Id::Decimal256:
      return '"' + std::string(column.bytes(row)) + '"';
    case Id::List:
    case Id::LargeList:
    case Id::FixedSizeList:
    case Id::Map: {
      const auto [begin, end] = column.list_range(row);
      return parts(column.child(0), begin, end);
    }
    case Id::Struct:
      return fields(column, row);
    case Id::Dictionary:
      return '"' + std::string(column.bytes(row)) + '"';
    default:
      return std::to_string(column.int64(row));
  }
}

Column column_of(const DataFrame& frame) {
  Column column;
  RecordBatchReader reader = frame.stream();
  column.field = reader.schema().fields.at(0);
  for (const RecordBatch& batch : reader.read_all()) {
    const ColumnView values = batch.column(0);
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      column.cells.push_back(cell(values, row));
    }
  }
  return column;
}

}  // namespace alluvium::conformance
