#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "alluvium/frame/data_frame.h"

namespace alluvium::testing {

using Rows = std::vector<std::vector<std::string>>;

/// Runs `frame` and returns its values as the engine casts them to text; `NULL` for nulls. For
/// tests, whose expectations then read like tables. Nested columns can't be cast: select parts.
inline Rows rows_of(const DataFrame& frame) {
  std::vector<Expr> texts;
  for (const Field& field : frame.schema().fields) {
    texts.push_back(col(field.name).cast(utf8()).alias(field.name));
  }
  Rows rows;
  for (const RecordBatch& batch : frame.select(texts).collect()) {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      std::vector<std::string>& values = rows.emplace_back();
      for (std::size_t i = 0; i < texts.size(); ++i) {
        const ColumnView column = batch.column(static_cast<int>(i));
        values.emplace_back(column.is_null(row) ? "NULL" : std::string(column.bytes(row)));
      }
    }
  }
  return rows;
}

/// As `rows_of`, of the first column alone.
inline std::vector<std::string> values_of(const DataFrame& frame) {
  std::vector<std::string> values;
  for (const std::vector<std::string>& row : rows_of(frame)) values.push_back(row.at(0));
  return values;
}

}  // namespace alluvium::testing
