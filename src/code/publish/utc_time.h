#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace alluvium::code {

/// Microseconds since the start of 1970, UTC: Delta's timestamps.
using UtcMicros = std::int64_t;

UtcMicros utc_now();
/// RFC 3339 with microseconds, for instance `2026-01-31T08:15:00.000000Z`.
std::string utc_text(UtcMicros time);
/// The inverse of `utc_text`; 0 for any other text.
UtcMicros utc_micros(std::string_view text);

}  // namespace alluvium::code
