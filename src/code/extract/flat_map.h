#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace alluvium::code {

/// A hash map from integers to values in one array: no allocation per entry, nothing is erased.
/// The key of all ones is reserved.
///
/// Thread-safety: as a standard container.
template <typename Value>
class FlatMap {
 public:
  FlatMap() : slots_(kInitial) {}

  /// Makes room for that many keys.
  void reserve(std::size_t keys) {
    std::size_t slots = slots_.size();
    while (keys * 4 > slots * 3) slots *= 2;
    if (slots > slots_.size()) grow(slots);
  }

  /// Returns the value at `key`, made by `Value{}` when new. Valid until the next insertion.
  Value& operator[](std::uint64_t key) {
    std::size_t slot = find_slot(key);
    if (slots_[slot].key == kEmpty) {
      if ((size_ + 1) * 4 > slots_.size() * 3) {
        grow(slots_.size() * 2);
        slot = find_slot(key);
      }
      slots_[slot].key = key;
      ++size_;
    }
    return slots_[slot].value;
  }

  /// Returns the value at `key`, or null.
  [[nodiscard]] const Value* find(std::uint64_t key) const {
    const std::size_t slot = find_slot(key);
    return slots_[slot].key == kEmpty ? nullptr : &slots_[slot].value;
  }
  [[nodiscard]] Value* find(std::uint64_t key) {
    return const_cast<Value*>(std::as_const(*this).find(key));
  }

 private:
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};
  static constexpr std::size_t kInitial = 64;
  struct Slot {
    std::uint64_t key = kEmpty;
    Value value{};
  };

  [[nodiscard]] std::size_t find_slot(std::uint64_t key) const {
    std::uint64_t hash = key * 0x9E3779B97F4A7C15u;
    hash ^= hash >> 32;
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot].key != kEmpty && slots_[slot].key != key) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slot;
  }

  void grow(std::size_t slots) {
    std::vector<Slot> old(slots);
    old.swap(slots_);
    for (Slot& slot : old) {
      if (slot.key != kEmpty) slots_[find_slot(slot.key)] = std::move(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace alluvium::code
