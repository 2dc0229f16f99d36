#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <vector>

#include "functions/id_parts.h"

namespace alluvium::code {

/// Gives ids places in the order in which they are first seen; emptied and filled again many times.
/// Ids are hashes, so their own bits say where they are kept.
///
/// Thread-safety: one thread at a time.
class IdPlaces {
 public:
  /// Empties it and makes room for `expected` ids; more than that must not be added.
  void clear(std::size_t expected) {
    slots_.assign(std::bit_ceil(std::max<std::size_t>(expected, 4) * 2), Slot());
    size_ = 0;
  }

  /// How many ids there are.
  [[nodiscard]] std::size_t size() const { return size_; }

  /// Returns the place of `id`, the next one when it was not there yet.
  std::size_t add(StableId id) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = id.low & mask;; at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.id == id) return slot.place;
      if (slot.id == StableId{}) {
        slot = {.id = id, .place = size_};
        return size_++;
      }
    }
  }

 private:
  struct Slot {
    StableId id;  // zero marks a free slot; no hash is expected to be zero
    std::size_t place = 0;
  };

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace alluvium::code
