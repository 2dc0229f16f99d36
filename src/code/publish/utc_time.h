#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alluvium/frame/data_type.h"

namespace alluvium::code {

/// Microseconds since the start of 1970, UTC: Delta's timestamps.
using UtcMicros = std::int64_t;

/// The type of a column of such times.
DataType utc_type();

UtcMicros utc_now();
/// RFC 3339 with microseconds, for instance `2026-01-31T08:15:00.000000Z`.
std::string utc_text(UtcMicros time);
/// The inverse of `utc_text`; 0 for any other text.
UtcMicros utc_micros(std::string_view text);

/// The last moment that belongs to a date or time in ISO 8601's extended form: all of the day in
/// `2026-01-31`, all of the minute in `2026-01-31T08:15+01:00`. Seconds, a fraction and the zone
/// (`Z`, `+hh:mm`, `+hhmm`, `+hh`; UTC without) may be left out; `T` may be a blank. Nothing for
/// any other text.
std::optional<UtcMicros> end_of_time(std::string_view text);

}  // namespace alluvium::code
