#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <vector>

#include "functions/id_parts.h"

namespace alluvium::code {

/// A set of ids that is emptied and filled again many times. Ids are hashes, so their own bits
/// place them.
///
/// Thread-safety: one thread at a time.
class IdSet {
 public:
  /// Empties the set and makes room for `expected` ids; more than that must not be inserted.
  void clear(std::size_t expected) {
    slots_.assign(std::bit_ceil(std::max<std::size_t>(expected, 4) * 2), StableId{});
  }

  /// Returns whether `id` was not there yet.
  bool insert(StableId id) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t slot = id.low & mask;; slot = (slot + 1) & mask) {
      if (slots_[slot] == id) return false;
      if (slots_[slot] == StableId{}) {
        slots_[slot] = id;
        return true;
      }
    }
  }

 private:
  std::vector<StableId> slots_;  // The zero id marks a free slot; no hash is expected to be zero.
};

}  // namespace alluvium::code
