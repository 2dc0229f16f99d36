#include "code/resolve/known_values.h"

#include <algorithm>
#include <tuple>

namespace alluvium::code {
namespace {

auto thing(const KnownValue& value) {
  return std::tie(value.kind, value.index, value.receiver, value.module, value.is_own,
                  value.origin);
}

}  // namespace

void KnownSet::add(const KnownValue& value) {
  if (is_overflown_) return;
  const auto end = values_.begin() + static_cast<std::ptrdiff_t>(size_);
  const auto place = std::find_if(values_.begin(), end, [&](const KnownValue& known) {
    return !(thing(known) < thing(value));
  });
  if (place != end && thing(*place) == thing(value)) {
    place->source = std::max(place->source, value.source);
    return;
  }
  if (size_ == kMost) return overflow();
  std::move_backward(place, end, end + 1);
  *place = value;
  ++size_;
}

void KnownSet::add_all(std::span<const KnownValue> values) {
  for (const KnownValue& value : values) add(value);
}

void KnownSet::overflow() {
  size_ = 0;
  is_overflown_ = true;
}

bool KnownSets::grow(std::size_t set, const KnownSet& more) {
  Place& place = places_[set];
  if (place.is_overflown || (more.values().empty() && !more.is_overflown())) return false;
  if (!more.is_overflown()) {
    if (std::ranges::equal(more.values(), values(set))) return false;
    if (place.size == 0) {
      put(place, more.values());
      return true;
    }
  }
  KnownSet grown = more;
  grown.add_all(values(set));
  if (grown.is_overflown()) {
    place.size = 0;
    place.is_overflown = true;
    return true;
  }
  if (std::ranges::equal(grown.values(), values(set))) return false;
  put(place, grown.values());
  return true;
}

void KnownSets::put(Place& place, std::span<const KnownValue> now) {
  if (now.size() > place.room) {
    // What is left behind is less than what is in use: each set doubles.
    place.room = static_cast<std::uint8_t>(std::min(KnownSet::kMost, 2 * now.size() - 1));
    place.first = static_cast<std::uint32_t>(values_.size());
    values_.resize(values_.size() + place.room);
  }
  place.size = static_cast<std::uint8_t>(now.size());
  std::ranges::copy(now, values_.begin() + place.first);
}

}  // namespace alluvium::code
