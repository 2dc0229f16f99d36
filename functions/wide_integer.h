#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace alluvium {

/// A decimal's digits as a number.
__extension__ using WideInteger = __int128;

/// The little-endian number that `bytes` (4, 8 or 16 of them) are.
inline WideInteger wide_integer(std::string_view bytes) {
  const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80) != 0;
  WideInteger value = negative ? -1 : 0;
  std::memcpy(&value, bytes.data(), bytes.size() < sizeof value ? bytes.size() : sizeof value);
  return value;
}

}  // namespace alluvium
