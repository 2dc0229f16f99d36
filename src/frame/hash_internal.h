#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace alluvium {

/// A 128-bit hash (XXH3) over a sequence of texts, as 32 hex digits. Each text goes in with its
/// length, so that no two different sequences run together into the same bytes. Fast, and not for
/// where a collision would be an attack.
class SequenceHash {
 public:
  SequenceHash();
  ~SequenceHash();
  SequenceHash(const SequenceHash&) = delete;
  SequenceHash& operator=(const SequenceHash&) = delete;

  void add(std::string_view text);
  /// Differs from every text, the empty one too.
  void add_null();
  [[nodiscard]] std::string digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alluvium
