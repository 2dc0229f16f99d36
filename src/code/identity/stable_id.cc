#include "code/identity/stable_id.h"

#include <xxhash.h>

#include <bit>
#include <charconv>
#include <limits>

namespace alluvium::code {
namespace {

// No part is that long: it marks a null.
constexpr std::uint64_t kNullLength = std::numeric_limits<std::uint64_t>::max();

void write_hex(std::uint64_t value, char* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (int i = 15; i >= 0; --i, value >>= 4) out[i] = kDigits[value & 0xf];
}

}  // namespace

StableId::Digits::Digits(StableId id) {
  write_hex(id.high, text_.data());
  write_hex(id.low, text_.data() + 16);
}

void IdParts::add_length(std::uint64_t length) {
  std::array<char, 8> bytes;
  for (char& byte : bytes) {
    byte = static_cast<char>(length & 0xff);
    length >>= 8;
  }
  bytes_.append(bytes.data(), bytes.size());
}

IdParts& IdParts::add(std::string_view part) {
  add_length(part.size());
  bytes_.append(part);
  return *this;
}

IdParts& IdParts::add_number(std::int64_t number) {
  std::array<char, 20> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  static_cast<void>(error);  // 20 characters hold every number
  return add(std::string_view(text.data(), end));
}

IdParts& IdParts::add_null() {
  add_length(kNullLength);
  return *this;
}

StableId IdParts::id() const {
  const XXH128_hash_t hash = XXH3_128bits(bytes_.data(), bytes_.size());
  return {hash.high64, hash.low64};
}

ScalarFunction stable_id_function() {
  return {
      .name = "stable_id",
      .parameters = {{"part", utf8(), "A part of the identity; null and empty differ."}},
      .variadic = true,
      .returns = {"", utf8(), /*nullable=*/false},
      .kernel =
          [](std::span<const udf::ColumnView> arguments, std::int64_t rows,
             udf::ColumnBuilder& result) {
            IdParts parts;
            for (std::int64_t row = 0; row < rows; ++row) {
              parts.rewind();
              for (const udf::ColumnView& argument : arguments) {
                if (argument.is_null(row)) {
                  parts.add_null();
                } else {
                  parts.add(argument.bytes(row));
                }
              }
              result.append(parts.id().digits().view());
            }
          },
      .description = "Returns the 128-bit identity of its parts as 32 hex digits: the XXH3-128 "
                     "hash of the parts, each with its length before it.",
      .example = "stable_id('repository', 'package/module.py')",
  };
}

}  // namespace alluvium::code
