#pragma once

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "functions/ordering.h"

namespace alluvium {

/// The distinct values of groups, and how often each was added. One table for all groups, so that
/// many small ones cost no more than a few large. `T` is what `read_ordered` reads.
template <typename T>
class GroupedSet {
 public:
  [[nodiscard]] std::size_t groups() const { return sizes_.size(); }
  /// Appends empty groups until there are `groups`.
  void grow(std::size_t groups) {
    if (groups > sizes_.size()) sizes_.resize(groups);
  }

  void add(std::size_t group, const T& value) {
    if (4 * (used_ + 1) > 3 * slots_.size()) rehash();
    const std::uint64_t hash = hash_of(first_ + group, value);
    Slot& slot = find(first_ + group, value, hash);
    if (slot.count == kFree) {
      slot = {first_ + group, hold(value, hash), 0};
      ++used_;
    }
    if (slot.count++ == 0) {
      ++sizes_[group];
      ++size_;
    }
  }

  /// Takes away one of a value that was added.
  void remove(std::size_t group, const T& value) {
    if (slots_.empty()) return;
    Slot& slot = find(first_ + group, value, hash_of(first_ + group, value));
    if (slot.count <= 0 || --slot.count > 0) return;
    --sizes_[group];
    --size_;
  }

  [[nodiscard]] std::size_t size(std::size_t group) const { return sizes_[group]; }

  /// The values of the first `count` groups side by side, in no order inside a group: those of
  /// group i end at `ends[i]`.
  struct Lists {
    std::vector<T> values;
    std::vector<std::size_t> ends;
  };
  [[nodiscard]] Lists lists(std::size_t count) const {
    Lists lists;
    // Where the next value of each group goes; in the end, where its values end.
    std::size_t total = 0;
    for (std::size_t group = 0; group < count; ++group) {
      lists.ends.push_back(total);
      total += sizes_[group];
    }
    lists.values.resize(total);
    for (const Slot& slot : slots_) {
      if (!is_live(slot) || slot.group - first_ >= count) continue;
      lists.values[lists.ends[slot.group - first_]++] = value_of(slot);
    }
    return lists;
  }

  /// Forgets the first `count` groups; the others move up.
  void drop_first(std::size_t count) {
    for (std::size_t group = 0; group < count; ++group) size_ -= sizes_[group];
    sizes_.erase(sizes_.begin(), sizes_.begin() + static_cast<std::ptrdiff_t>(count));
    first_ += count;
    if (size_ != 0) return;
    slots_ = {};
    texts_ = {};
    used_ = 0;
  }

  [[nodiscard]] std::size_t bytes() const {
    return slots_.capacity() * sizeof(Slot) + texts_.capacity() +
           sizes_.capacity() * sizeof(std::size_t);
  }

 private:
  static constexpr bool kIsText = std::is_same_v<T, std::string_view>;
  static constexpr std::int64_t kFree = -1;

  struct TextPlace {
    std::size_t begin = 0;
    std::uint32_t length = 0;
    std::uint32_t hash = 0;  // most others differ in it, so that their text needn't be read
  };
  using Held = std::conditional_t<kIsText, TextPlace, T>;

  // A slot is held when its count falls to 0 or its group is dropped, so that those behind it are
  // still found; the next rehash lets it go.
  struct Slot {
    std::size_t group = 0;  // counted from the first there ever was
    Held value{};
    std::int64_t count = kFree;
  };

  [[nodiscard]] bool is_live(const Slot& slot) const {
    return slot.count > 0 && slot.group >= first_;
  }

  static std::uint64_t hash_of(std::size_t group, const T& value) {
    if constexpr (kIsText) {
      return XXH3_64bits_withSeed(value.data(), value.size(), group);
    } else if constexpr (std::is_same_v<T, double>) {
      return mix(group, std::isnan(value) ? 1 : std::bit_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<T, WideInteger>) {
      return mix(mix(group, static_cast<std::uint64_t>(value)),
                 static_cast<std::uint64_t>(value >> 64));
    } else {
      return mix(group, static_cast<std::uint64_t>(value));
    }
  }
  // The finalizer of splitmix64 over both.
  static std::uint64_t mix(std::uint64_t seed, std::uint64_t bits) {
    bits += seed * 0x9e3779b97f4a7c15U;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebU;
    return bits ^ bits >> 31;
  }

  Held hold(const T& value, std::uint64_t hash) {
    if constexpr (kIsText) {
      const TextPlace place{texts_.size(), static_cast<std::uint32_t>(value.size()),
                            static_cast<std::uint32_t>(hash >> 32)};
      texts_.insert(texts_.end(), value.begin(), value.end());
      return place;
    } else {
      return value;
    }
  }

  [[nodiscard]] T value_of(const Slot& slot) const {
    if constexpr (kIsText) {
      return {texts_.data() + slot.value.begin, slot.value.length};
    } else {
      return slot.value;
    }
  }

  [[nodiscard]] bool holds(const Slot& slot, std::size_t group, const T& value,
                           std::uint64_t hash) const {
    if (slot.group != group) return false;
    if constexpr (kIsText) {
      if (slot.value.hash != static_cast<std::uint32_t>(hash >> 32)) return false;
    }
    return is_same(value, value_of(slot));
  }

  // The slot that holds the value, or the free one where it belongs.
  Slot& find(std::size_t group, const T& value, std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].count != kFree && !holds(slots_[at], group, value, hash)) {
      at = (at + 1) & mask;
    }
    return slots_[at];
  }

  void rehash() {
    std::vector<Slot> slots(std::bit_ceil(std::max<std::size_t>(8, 2 * (size_ + 1))));
    slots.swap(slots_);
    std::vector<char> texts;
    texts.swap(texts_);
    used_ = 0;
    for (const Slot& slot : slots) {
      if (!is_live(slot)) continue;
      T value;
      if constexpr (kIsText) {
        value = {texts.data() + slot.value.begin, slot.value.length};
      } else {
        value = slot.value;
      }
      const std::uint64_t hash = hash_of(slot.group, value);
      find(slot.group, value, hash) = {slot.group, hold(value, hash), slot.count};
      ++used_;
    }
  }

  std::vector<Slot> slots_;  // a power of two of them
  std::vector<char> texts_;
  std::vector<std::size_t> sizes_;  // of each group
  std::size_t first_ = 0;           // groups that were dropped
  std::size_t used_ = 0;            // slots that aren't free
  std::size_t size_ = 0;            // live values
};

}  // namespace alluvium
