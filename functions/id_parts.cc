#include "functions/id_parts.h"

#include <xxhash.h>

#include <charconv>
#include <cstring>
#include <limits>

namespace alluvium {
namespace {

// No part is that long: it marks a null.
constexpr std::uint64_t kNullLength = std::numeric_limits<std::uint64_t>::max();

// The two digits of every byte.
constexpr std::array<std::array<char, 2>, 256> kDigitPairs = [] {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte) {
    pairs[byte] = {kDigits[byte >> 4], kDigits[byte & 0xf]};
  }
  return pairs;
}();

void write_hex(std::uint64_t value, char* out) {
  for (int i = 7; i >= 0; --i, value >>= 8) {
    std::memcpy(out + 2 * i, kDigitPairs[value & 0xff].data(), 2);
  }
}

}  // namespace

StableId::Digits::Digits(StableId id) {
  write_hex(id.high, text_.data());
  write_hex(id.low, text_.data() + 16);
}

IdParts& IdParts::add_number(std::int64_t number) {
  std::array<char, 20> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  static_cast<void>(error);  // 20 characters hold every number
  return add(std::string_view(text.data(), end));
}

IdParts& IdParts::add_null() {
  extend(kNullLength, 0);
  return *this;
}

StableId IdParts::id() const {
  const XXH128_hash_t hash = XXH3_128bits(bytes_.data(), size_);
  return {hash.high64, hash.low64};
}

}  // namespace alluvium
