#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <xxhash.h>

namespace alluvium::code {

/// A number for a text, the same for equal texts of one table.
using NameId = std::uint32_t;

/// Numbers the distinct texts of a file. The texts must outlive the table.
///
/// Thread-safety: one thread at a time.
class NameTable {
 public:
  NameTable() : slots_(256, 0) {}

  NameId intern(std::string_view text) { return intern(text, hash_of(text)); }

  /// Puts the numbers of `texts` into `ids`, in their order: faster than one after another where
  /// the table is larger than the processor's caches.
  void intern(std::span<const std::string_view> texts, std::vector<NameId>& ids) {
    hashes_.clear();
    for (const std::string_view text : texts) {
      hashes_.push_back(hash_of(text));
      __builtin_prefetch(&slots_[hashes_.back() & (slots_.size() - 1)]);
    }
    for (const std::uint64_t hash : hashes_) {
      const std::uint32_t found = slots_[hash & (slots_.size() - 1)];
      if (found != 0) __builtin_prefetch(&entries_[found - 1]);
    }
    ids.clear();
    for (std::size_t i = 0; i < texts.size(); ++i) ids.push_back(intern(texts[i], hashes_[i]));
  }
  /// The number of `text`, if it has one.
  [[nodiscard]] std::optional<NameId> find(std::string_view text) const {
    const std::uint32_t found = slots_[find_slot(text, hash_of(text))];
    return found == 0 ? std::nullopt : std::optional<NameId>(found - 1);
  }
  /// The number of the text with that XXH3-64 hash, if there is one.
  [[nodiscard]] std::optional<NameId> find(std::uint64_t hash) const {
    std::size_t slot = hash & (slots_.size() - 1);
    for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
      if (entries_[slots_[slot] - 1].hash == hash) return slots_[slot] - 1;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::string_view text(NameId id) const { return entries_[id].text; }
  /// The XXH3-64 hash of the text.
  [[nodiscard]] std::uint64_t hash(NameId id) const { return entries_[id].hash; }

 private:
  struct Entry {
    std::string_view text;
    std::uint64_t hash;
  };

  NameId intern(std::string_view text, std::uint64_t hash) {
    const std::size_t slot = find_slot(text, hash);
    if (slots_[slot] != 0) return slots_[slot] - 1;
    entries_.push_back({text, hash});
    slots_[slot] = static_cast<std::uint32_t>(entries_.size());
    const auto id = static_cast<NameId>(entries_.size() - 1);
    if (entries_.size() * 2 > slots_.size()) grow();
    return id;
  }

  [[nodiscard]] static std::uint64_t hash_of(std::string_view text) {
    return XXH3_64bits(text.data(), text.size());
  }

  /// The slot that has `text`, or the free one where it belongs.
  [[nodiscard]] std::size_t find_slot(std::string_view text, std::uint64_t hash) const {
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot] != 0) {
      const Entry& entry = entries_[slots_[slot] - 1];
      if (entry.hash == hash && entry.text == text) break;
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slot;
  }

  void grow() {
    slots_.assign(slots_.size() * 2, 0);
    for (std::size_t index = 0; index < entries_.size(); ++index) {
      std::size_t slot = entries_[index].hash & (slots_.size() - 1);
      while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = static_cast<std::uint32_t>(index + 1);
    }
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;   // index into entries_, plus one
  std::vector<std::uint64_t> hashes_;  // of the texts that are numbered together
};

}  // namespace alluvium::code
