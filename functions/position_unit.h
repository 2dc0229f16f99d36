#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "functions/unicode.h"

namespace alluvium {

/// What positions inside a line count.
enum class PositionUnit { Byte, Utf8, Utf16, Utf32 };

/// The unit spelled `name`, in any case. Errors: InvalidArgument when there is none.
PositionUnit position_unit(std::string_view name);
/// Its name, in lower case.
std::string_view to_string(PositionUnit unit);

/// The rest of `byte_of_column` and `column_of_byte`, from byte `at` on, where the first character
/// beyond ASCII is.
std::int64_t byte_of_column_from(std::int64_t at, std::string_view line, std::int64_t column,
                                 PositionUnit unit);
std::int64_t column_of_byte_from(std::int64_t at, std::string_view line, std::int64_t target,
                                 PositionUnit unit);

/// The byte of `line` at which its column `column` is, from 0 on. Positions outside of the line are
/// at its ends, those inside a character at its start.
inline std::int64_t byte_of_column(std::string_view line, std::int64_t column, PositionUnit unit) {
  if (column <= 0) return 0;
  const std::int64_t end = std::min(column, static_cast<std::int64_t>(line.size()));
  // Up to the first character beyond ASCII, all units count the same.
  const auto at =
      static_cast<std::int64_t>(ascii_prefix(line.substr(0, static_cast<std::size_t>(end))));
  return at == end ? at : byte_of_column_from(at, line, column, unit);
}
/// The column that byte `byte` of `line` is in; as above.
inline std::int64_t column_of_byte(std::string_view line, std::int64_t byte, PositionUnit unit) {
  const std::int64_t end =
      std::clamp<std::int64_t>(byte, 0, static_cast<std::int64_t>(line.size()));
  const auto at =
      static_cast<std::int64_t>(ascii_prefix(line.substr(0, static_cast<std::size_t>(end))));
  return at == end ? at : column_of_byte_from(at, line, end, unit);
}

}  // namespace alluvium
