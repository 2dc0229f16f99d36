#pragma once

#include <xxhash.h>

#include <cstdint>
#include <string_view>
#include <unordered_set>

namespace alluvium::code {

/// A name by half of the XXH3-64 hash of its text: now and then two names are one.
using NameHash = std::uint32_t;

inline NameHash name_hash(std::uint64_t hash) { return static_cast<NameHash>(hash); }
inline NameHash name_hash(std::string_view name) {
  return name_hash(XXH3_64bits(name.data(), name.size()));
}

/// Some names, and perhaps one more.
using NameSet = std::unordered_set<NameHash>;

}  // namespace alluvium::code
