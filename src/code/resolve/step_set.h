#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace alluvium::code {

/// The steps of a work list that are due, of which most are not for most of the time: they are
/// looked for 64 at a time.
///
/// Thread-safety: as a standard container.
class StepSet {
 public:
  using Step = std::uint32_t;

  StepSet() = default;
  /// All of `steps` steps.
  explicit StepSet(std::size_t steps) : words_(steps / kBits, ~std::uint64_t{0}) {
    if (steps % kBits != 0) words_.push_back(~std::uint64_t{0} >> (kBits - steps % kBits));
  }

  /// How many words of 64 steps there are.
  [[nodiscard]] std::size_t words() const { return words_.size(); }

  void add(Step step) { words_[step / kBits] |= std::uint64_t{1} << (step % kBits); }

  /// Removes and returns the first step of a word that is not before `from`.
  std::optional<Step> take(std::size_t word, Step from) {
    const auto first = static_cast<Step>(word * kBits);
    if (from >= first + kBits) return std::nullopt;
    const std::uint64_t ahead =
        from > first ? ~std::uint64_t{0} << (from - first) : ~std::uint64_t{0};
    const std::uint64_t due = words_[word] & ahead;
    if (due == 0) return std::nullopt;
    words_[word] ^= due & (~due + 1);
    return first + static_cast<Step>(std::countr_zero(due));
  }

 private:
  static constexpr Step kBits = 64;

  std::vector<std::uint64_t> words_;
};

}  // namespace alluvium::code
