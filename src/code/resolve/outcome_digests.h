#pragma once

#include <xxhash.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "code/identity/file_outcomes.h"
#include "code/resolve/name_facts.h"
#include "functions/id_parts.h"

namespace alluvium::code {

/// What resolution came to for each file of a program, as outcomes whose digests are of what the
/// rows say beyond the file's own facts. Two runs with the same digest of a file that didn't change
/// have the same rows of it. What is added to a file is a bag: in any order.
///
/// Thread-safety: one thread at a time.
class OutcomeDigests {
 public:
  explicit OutcomeDigests(std::size_t files) : outcomes_(files) {}

  OutcomeDigests& add(std::string_view text) {
    add(text.size());
    if (!text.empty()) std::memcpy(extend(text.size()), text.data(), text.size());
    return *this;
  }
  OutcomeDigests& add(std::optional<std::string_view> text) {
    return text ? add(*text) : add(kNothing);
  }
  OutcomeDigests& add(std::uint64_t number) {
    if constexpr (std::endian::native == std::endian::big) number = __builtin_bswap64(number);
    std::memcpy(extend(sizeof number), &number, sizeof number);
    return *this;
  }
  OutcomeDigests& add(std::optional<StableId> id) {
    return id ? add(id->high).add(id->low) : add(kNothing);
  }
  /// A name for its text.
  OutcomeDigests& add(const NameTable& names, NameId name) {
    return add(name == kNoName ? kNothing : names.hash(name));
  }
  /// Ends what one row, or what `rows` of them, say of `file`.
  void finish(ProgramIndex file, std::int64_t rows = 1) {
    Outcome& outcome = outcomes_[static_cast<std::size_t>(file)];
    outcome.rows += rows;
    outcome.digest += XXH3_64bits(bytes_.data(), size_);
    size_ = 0;
  }
  /// Of the file at that place in the program; empty where nothing was said of it.
  [[nodiscard]] const Outcome& operator[](std::size_t file) const { return outcomes_[file]; }

 private:
  /// No text is as long.
  static constexpr std::uint64_t kNothing = ~std::uint64_t{0};

  /// Where the next `size` bytes go.
  char* extend(std::size_t size) {
    if (size_ + size > bytes_.size()) bytes_.resize(2 * (size_ + size));
    char* const out = bytes_.data() + size_;
    size_ += size;
    return out;
  }

  std::vector<char> bytes_;
  std::size_t size_ = 0;  // of bytes_, what is used
  std::vector<Outcome> outcomes_;
};

}  // namespace alluvium::code
