#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "alluvium/error.h"
#include "functions/id_parts.h"

namespace alluvium::code {

/// Appends values to bytes that `PackedReader` reads in the same order. Small numbers are short:
/// seven bits a byte, the lowest first (LEB128).
///
/// Thread-safety: one thread at a time.
class PackedWriter {
 public:
  explicit PackedWriter(std::string& bytes) : bytes_(bytes) {}

  void number(std::uint64_t value) {
    while (value >= 0x80) {
      bytes_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    bytes_.push_back(static_cast<char>(value));
  }
  /// Numbers near 0 on both sides of it.
  void signed_number(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view text) {
    number(text.size());
    bytes_.append(text);
  }
  void id(StableId id) {
    word(id.high);
    word(id.low);
  }
  /// A number of any size, in eight bytes.
  void word(std::uint64_t word) {
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    char raw[sizeof word];
    std::memcpy(raw, &word, sizeof word);
    bytes_.append(raw, sizeof raw);
  }

 private:
  std::string& bytes_;
};

/// Reads what `PackedWriter` wrote. The texts are views of the bytes.
///
/// Errors: Corruption where the bytes end too early, or a number is too long. Thread-safety:
/// one thread at a time.
class PackedReader {
 public:
  explicit PackedReader(std::string_view bytes) : next_(bytes.data()), end_(next_ + bytes.size()) {}

  std::uint64_t number() {
    if (next_ != end_ && static_cast<unsigned char>(*next_) < 0x80) {
      return static_cast<unsigned char>(*next_++);
    }
    return long_number();
  }
  std::int64_t signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  /// A number of things of which each takes at least one byte.
  std::size_t count() {
    const std::uint64_t count = number();
    require(count);
    return static_cast<std::size_t>(count);
  }
  std::string_view text() {
    const std::size_t size = count();
    const std::string_view text(next_, size);
    next_ += size;
    return text;
  }
  StableId id() {
    const std::uint64_t high = word();
    return {high, word()};
  }
  std::uint64_t word() {
    std::uint64_t word = 0;
    require(sizeof word);
    std::memcpy(&word, next_, sizeof word);
    next_ += sizeof word;
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
  }
  [[nodiscard]] bool is_at_end() const { return next_ == end_; }

 private:
  void require(std::uint64_t size) const {
    if (size > static_cast<std::uint64_t>(end_ - next_)) fail();
  }
  std::uint64_t long_number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      require(1);
      const auto byte = static_cast<unsigned char>(*next_++);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    fail();
  }
  [[noreturn]] static void fail() {
    throw Error(ErrorCode::Corruption, "packed bytes end too early");
  }

  const char* next_;
  const char* end_;
};

}  // namespace alluvium::code
