#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"

namespace alluvium::cli {

/// Appends the value at `row` of a column of printable type (see `printable`) as JSON: lists as
/// arrays, structs and maps as objects, binary as base64, not-a-number and infinity as null.
void append_json(std::string& out, const ColumnView& column, const DataType& type,
                 std::int64_t row);

/// Appends a value that is not null as text: what CSV has in a field. Nested values are JSON.
void append_text(std::string& out, const ColumnView& column, const DataType& type,
                 std::int64_t row);

/// Appends `text` as a JSON string. Bytes that aren't UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace alluvium::cli
