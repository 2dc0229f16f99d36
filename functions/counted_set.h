#pragma once

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "functions/ordering.h"

namespace alluvium {

/// Distinct values and how often each was added. `T` is what `read_ordered` reads.
template <typename T>
class CountedSet {
 public:
  void add(const T& value) {
    if (4 * (used_ + 1) > 3 * slots_.size()) rehash();
    Slot& slot = find(slots_, value);
    if (slot.count == kFree) {
      slot.value = Kept<T>(value);
      slot.count = 0;
      texts_ += text_bytes(slot.value);
      ++used_;
    }
    if (slot.count++ == 0) ++live_;
  }

  /// Takes away one of a value that was added.
  void remove(const T& value) {
    if (slots_.empty()) return;
    Slot& slot = find(slots_, value);
    if (slot.count > 0 && --slot.count == 0) --live_;
  }

  [[nodiscard]] std::size_t size() const { return live_; }
  [[nodiscard]] std::size_t heap_bytes() const { return slots_.capacity() * sizeof(Slot) + texts_; }

  /// Calls `use(value)` for each value, in no order.
  template <typename Use>
  void for_each(const Use& use) const {
    for (const Slot& slot : slots_) {
      if (slot.count > 0) use(T(slot.value));
    }
  }

 private:
  // A slot's value stays when its count falls to 0, so that those behind it are still found.
  static constexpr std::int64_t kFree = -1;
  struct Slot {
    Kept<T> value{};
    std::int64_t count = kFree;
  };

  static std::size_t hash(const T& value) {
    if constexpr (std::is_same_v<T, std::string_view>) {
      return XXH3_64bits(value.data(), value.size());
    } else if constexpr (std::is_same_v<T, double>) {
      return mix(std::isnan(value) ? 1 : std::bit_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<T, WideInteger>) {
      return mix(static_cast<std::uint64_t>(value) ^ mix(static_cast<std::uint64_t>(value >> 64)));
    } else {
      return mix(static_cast<std::uint64_t>(value));
    }
  }
  // The finalizer of splitmix64.
  static std::uint64_t mix(std::uint64_t bits) {
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebU;
    return bits ^ bits >> 31;
  }

  static std::size_t text_bytes(const Kept<T>& value) {
    if constexpr (std::is_same_v<Kept<T>, std::string>) {
      return value.capacity() > std::string().capacity() ? value.capacity() + 1 : 0;
    } else {
      return 0;
    }
  }

  // The slot that holds `value`, or the free one where it belongs.
  static Slot& find(std::vector<Slot>& slots, const T& value) {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = hash(value) & mask;
    while (slots[at].count != kFree && !is_same(value, T(slots[at].value))) at = (at + 1) & mask;
    return slots[at];
  }

  void rehash() {
    std::vector<Slot> slots(std::bit_ceil(std::max<std::size_t>(4, 2 * (live_ + 1))));
    texts_ = 0;
    for (Slot& slot : slots_) {
      if (slot.count <= 0) continue;
      Slot& place = find(slots, T(slot.value));
      place = std::move(slot);
      texts_ += text_bytes(place.value);
    }
    used_ = live_;
    slots_ = std::move(slots);
  }

  std::vector<Slot> slots_;  // a power of two of them
  std::size_t used_ = 0;
  std::size_t live_ = 0;
  std::size_t texts_ = 0;  // bytes of values elsewhere
};

}  // namespace alluvium
