#include "code/identity/stable_id.h"

#include <xxhash.h>

#include <charconv>
#include <cstring>
#include <limits>

namespace alluvium::code {
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

char* IdParts::extend(std::uint64_t length, std::size_t size) {
  if (size_ + sizeof(length) + size > bytes_.size()) {
    bytes_.resize(2 * (size_ + sizeof(length) + size));
  }
  char* out = bytes_.data() + size_;
  for (std::size_t i = 0; i < sizeof(length); ++i, length >>= 8) {
    *out++ = static_cast<char>(length & 0xff);
  }
  size_ += sizeof(length) + size;
  return out;
}

IdParts& IdParts::add(std::string_view part) {
  char* const out = extend(part.size(), part.size());
  if (!part.empty()) std::memcpy(out, part.data(), part.size());
  return *this;
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

ScalarFunction stable_id_function() {
  return {
      .name = "stable_id",
      .parameters = {{"part", utf8(), "A part of the identity; null and empty differ."}},
      .variadic = true,
      .returns = {"", utf8(), /*nullable=*/false},
      .kernel =
          [](std::span<const ColumnView> arguments, std::int64_t rows, ColumnBuilder& result) {
            IdParts parts;
            for (std::int64_t row = 0; row < rows; ++row) {
              parts.rewind();
              for (const ColumnView& argument : arguments) {
                if (argument.is_null(row)) {
                  parts.add_null();
                } else {
                  parts.add(argument.bytes(row));
                }
              }
              result.append(parts.id().digits().view());
            }
          },
      .documentation = {.description =
                            "Returns the 128-bit identity of its parts as 32 hex digits: the "
                            "XXH3-128 hash of the parts, each with its length before it.",
                        .example = "stable_id('repository', 'package/module.py')"},
  };
}

}  // namespace alluvium::code
