#include "functions/position_unit.h"

#include <algorithm>
#include <string>

#include "alluvium/error.h"
#include "functions/unicode.h"

namespace alluvium {
namespace {

std::int64_t units_of(Character character, PositionUnit unit) {
  if (unit == PositionUnit::Utf16) return character.bytes == 4 ? 2 : 1;
  return unit == PositionUnit::Utf32 ? 1 : character.bytes;
}

bool is_named(std::string_view given, std::string_view name) {
  return std::equal(given.begin(), given.end(), name.begin(), name.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  });
}

}  // namespace

PositionUnit position_unit(std::string_view name) {
  for (const PositionUnit unit :
       {PositionUnit::Byte, PositionUnit::Utf8, PositionUnit::Utf16, PositionUnit::Utf32}) {
    if (is_named(name, to_string(unit))) return unit;
  }
  throw Error(ErrorCode::InvalidArgument, "there is no unit `" + std::string(name) +
                                              "` of positions: use byte, utf8, utf16 or utf32");
}

std::string_view to_string(PositionUnit unit) {
  switch (unit) {
    case PositionUnit::Byte:
      return "byte";
    case PositionUnit::Utf8:
      return "utf8";
    case PositionUnit::Utf16:
      return "utf16";
    case PositionUnit::Utf32:
      break;
  }
  return "utf32";
}

std::int64_t byte_of_column_from(std::int64_t at, std::string_view line, std::int64_t column,
                                 PositionUnit unit) {
  const auto size = static_cast<std::int64_t>(line.size());
  std::int64_t left = column - at;
  while (left > 0 && at < size) {
    const Character character = first_character(line.substr(static_cast<std::size_t>(at)));
    const std::int64_t units = units_of(character, unit);
    if (units > left) break;
    left -= units;
    at += character.bytes;
  }
  return at;
}

std::int64_t column_of_byte_from(std::int64_t at, std::string_view line, std::int64_t target,
                                 PositionUnit unit) {
  std::int64_t column = at;
  while (at < target) {
    const Character character = first_character(line.substr(static_cast<std::size_t>(at)));
    if (at + character.bytes > target) break;
    column += units_of(character, unit);
    at += character.bytes;
  }
  return column;
}

}  // namespace alluvium
