#include <fmt/format.h>

// The headers of xxHash are C.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#ifndef XXH_INLINE_ALL
#define XXH_INLINE_ALL
#endif
#include <xxhash.h>
#pragma GCC diagnostic pop

#include "frame/hash_internal.h"

namespace alluvium {

struct SequenceHash::State {
  XXH3_state_t xxh;
};

SequenceHash::SequenceHash() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset(&state_->xxh);
}

SequenceHash::~SequenceHash() = default;

void SequenceHash::add(std::string_view text) {
  const std::uint64_t length = text.size();
  XXH3_128bits_update(&state_->xxh, &length, sizeof length);
  XXH3_128bits_update(&state_->xxh, text.data(), text.size());
}

void SequenceHash::add_null() {
  const std::uint64_t mark = ~std::uint64_t{0};
  XXH3_128bits_update(&state_->xxh, &mark, sizeof mark);
}

std::string SequenceHash::digest() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(&state_->xxh);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace alluvium
