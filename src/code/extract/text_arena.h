#pragma once

#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

namespace alluvium::code {

/// Owns text that views point into. Moving an arena keeps its views valid; nothing is freed before
/// the arena is.
///
/// Thread-safety: one thread at a time.
class TextArena {
 public:
  /// Returns `size` bytes, uninitialised, at least one.
  char* allocate(std::size_t size) {
    if (size > left_) grow(size);
    char* result = next_;
    next_ += size;
    left_ -= size;
    return result;
  }

  /// Gives back the last `count` bytes of the latest allocation.
  void give_back(std::size_t count) noexcept {
    next_ -= count;
    left_ += count;
  }

  /// Returns a copy of `text`.
  std::string_view copy(std::string_view text) { return concat({text}); }

  /// Returns the parts joined.
  std::string_view concat(std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (std::string_view part : parts) size += part.size();
    char* const result = allocate(size);
    char* out = result;
    for (std::string_view part : parts) {
      if (!part.empty()) std::memcpy(out, part.data(), part.size());
      out += part.size();
    }
    return {result, size};
  }

 private:
  void grow(std::size_t size) {
    constexpr std::size_t kChunk = 16 * 1024;
    const std::size_t chunk = size > kChunk / 4 ? size : kChunk;
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk + 1));
    next_ = chunks_.back().get();
    left_ = chunk;
  }

  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace alluvium::code
