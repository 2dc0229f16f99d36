#include "code/index/row_digests.h"

#include <bit>
#include <numeric>

#include "alluvium/error.h"

namespace alluvium::code {
namespace {

void add_value(IdParts& parts, const ColumnView& column, std::int64_t row);

void add_fields(IdParts& parts, const ColumnView& column, std::int64_t row) {
  const int fields = static_cast<int>(column.type().children().size());
  for (int i = 0; i < fields; ++i) add_value(parts, column.child(i), row);
}

void add_items(IdParts& parts, const ColumnView& column, std::int64_t row) {
  const ColumnView items = column.child(0);
  const auto [begin, end] = column.list_range(row);
  parts.add_number(end - begin);
  for (std::int64_t i = begin; i < end; ++i) add_value(parts, items, i);
}

void add_value(IdParts& parts, const ColumnView& column, std::int64_t row) {
  if (column.is_null(row)) {
    parts.add_null();
    return;
  }
  switch (column.type().id()) {
    case DataType::Id::Utf8:
    case DataType::Id::LargeUtf8:
    case DataType::Id::Utf8View:
    case DataType::Id::Binary:
    case DataType::Id::LargeBinary:
    case DataType::Id::BinaryView:
      parts.add(column.bytes(row));
      break;
    case DataType::Id::Int32:
    case DataType::Id::Int64:
    case DataType::Id::Bool:
      parts.add_number(column.int64(row));
      break;
    case DataType::Id::Float64:
      parts.add_number(std::bit_cast<std::int64_t>(column.float64(row)));
      break;
    case DataType::Id::List:
      add_items(parts, column, row);
      break;
    case DataType::Id::Struct:
      add_fields(parts, column, row);
      break;
    default:
      throw Error(ErrorCode::Internal,
                  "rows with a column of type " + column.type().to_string() + " can't be compared");
  }
}

}  // namespace

RowDigests row_digests(const DataFrame& rows, std::string_view file_column,
                       const Interrupt& interrupt) {
  RowDigests digests;
  IdParts parts;
  // By name: a table may have had its columns in another order. The repository is one for all.
  std::map<std::string, int, std::less<>> columns;
  const Schema schema = rows.schema();
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    if (schema.fields[i].name == "repo") continue;
    columns.emplace(schema.fields[i].name, static_cast<int>(i));
  }
  const int file = schema.index_of(file_column);
  RecordBatchReader reader = rows.stream(interrupt);
  while (const auto batch = reader.next()) {
    std::vector<ColumnView> views;
    for (const auto& [name, index] : columns) views.push_back(batch->column(index));
    const ColumnView files = batch->column(file);
    RowDigest* digest = nullptr;
    std::string_view current;
    for (std::int64_t row = 0; row < batch->row_count(); ++row) {
      const std::string_view id = files.bytes(row);
      // The rows of a file mostly come together.
      if (digest == nullptr || id != current) {
        current = id;
        auto found = digests.find(id);
        if (found == digests.end()) found = digests.emplace(std::string(id), RowDigest()).first;
        digest = &found->second;
      }
      parts.rewind();
      for (const ColumnView& view : views) add_value(parts, view, row);
      const StableId id_of_row = parts.id();
      ++digest->rows;
      digest->sum.high += id_of_row.high;
      digest->sum.low += id_of_row.low;
    }
  }
  return digests;
}

std::int64_t row_count(const RowDigests& digests) {
  return std::accumulate(digests.begin(), digests.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& each) { return sum + each.second.rows; });
}

}  // namespace alluvium::code
