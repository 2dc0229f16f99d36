#pragma once

#include <cstdint>
#include <string_view>

namespace alluvium {

/// What positions inside a line count.
enum class PositionUnit { Byte, Utf8, Utf16, Utf32 };

/// The unit spelled `name`, in any case. Errors: InvalidArgument when there is none.
PositionUnit position_unit(std::string_view name);
/// Its name, in lower case.
std::string_view to_string(PositionUnit unit);

/// The byte of `line` at which its column `column` is, from 0 on. Positions outside of the line are
/// at its ends, those inside a character at its start.
std::int64_t byte_of_column(std::string_view line, std::int64_t column, PositionUnit unit);
/// The column that byte `byte` of `line` is in; as above.
std::int64_t column_of_byte(std::string_view line, std::int64_t byte, PositionUnit unit);

}  // namespace alluvium
