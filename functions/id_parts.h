#pragma once

#include <xxhash.h>

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace alluvium {

/// A 128-bit identity, high half first.
struct StableId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  /// The 32 lower-case hex digits that stand for it in tables.
  class Digits {
   public:
    explicit Digits(StableId id);
    [[nodiscard]] std::string_view view() const { return {text_.data(), text_.size()}; }

   private:
    std::array<char, 32> text_;
  };
  [[nodiscard]] Digits digits() const { return Digits(*this); }

  /// In the order of their digits.
  friend auto operator<=>(StableId, StableId) = default;
};

/// What an id is made of: parts, each with its length before it, so that ("ab", "c") and
/// ("a", "bc") differ; a null part differs from an empty one.
///
/// The buffer is kept between ids, and parts that many ids begin with are added once: `mark()`
/// after them, `rewind()` to it for the next id.
///
/// Thread-safety: one thread at a time.
class IdParts {
 public:
  IdParts& add(std::string_view part) {
    char* const out = extend(part.size(), part.size());
    if (!part.empty()) std::memcpy(out, part.data(), part.size());
    return *this;
  }
  /// A number is the part that its decimal digits are.
  IdParts& add_number(std::int64_t number);
  IdParts& add_null();

  /// Returns the XXH3-128 hash of the parts, the same on every machine.
  [[nodiscard]] StableId id() const;
  /// Returns their XXH3-64 hash.
  [[nodiscard]] std::uint64_t hash64() const { return XXH3_64bits(bytes_.data(), size_); }

  [[nodiscard]] std::size_t mark() const { return size_; }
  void rewind(std::size_t mark = 0) { size_ = mark; }

 private:
  // Writes `length`, its lowest byte first, and returns where the `size` bytes after it go.
  char* extend(std::uint64_t length, std::size_t size) {
    if (size_ + sizeof(length) + size > bytes_.size()) {
      bytes_.resize(2 * (size_ + sizeof(length) + size));
    }
    char* const out = bytes_.data() + size_;
    if constexpr (std::endian::native == std::endian::big) length = __builtin_bswap64(length);
    std::memcpy(out, &length, sizeof length);
    size_ += sizeof(length) + size;
    return out + sizeof length;
  }

  std::vector<char> bytes_;
  std::size_t size_ = 0;  // of bytes_, what is used
};

}  // namespace alluvium
