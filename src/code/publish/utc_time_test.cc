#include "code/publish/utc_time.h"

#include <gtest/gtest.h>

namespace alluvium::code {
namespace {

TEST(UtcTime, IsReadAsItIsWritten) {
  EXPECT_EQ(utc_text(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(utc_text(1'769'847'300'000'042), "2026-01-31T08:15:00.000042Z");
  const UtcMicros now = utc_now();
  EXPECT_EQ(utc_micros(utc_text(now)), now);
  EXPECT_EQ(utc_micros("yesterday"), 0);
}

TEST(UtcTime, TheEndOfWhatIsNamed) {
  const auto end = [](std::string_view text) {
    const std::optional<UtcMicros> time = end_of_time(text);
    return time ? utc_text(*time) : "none";
  };
  EXPECT_EQ(end("2026-01-31"), "2026-01-31T23:59:59.999999Z");
  EXPECT_EQ(end("2024-02-29T08:15"), "2024-02-29T08:15:59.999999Z");
  EXPECT_EQ(end("2026-01-31T08:15:00Z"), "2026-01-31T08:15:00.999999Z");
  EXPECT_EQ(end("2026-01-31 08:15:00.5"), "2026-01-31T08:15:00.599999Z");
  EXPECT_EQ(end("2026-01-31T08:15:00.000042Z"), "2026-01-31T08:15:00.000042Z");
  EXPECT_EQ(end("2026-01-31T08:15:00.000042999Z"), "2026-01-31T08:15:00.000042Z");
  EXPECT_EQ(end("2026-01-31T00:15+01:30"), "2026-01-30T22:45:59.999999Z");
  EXPECT_EQ(end("2026-12-31T23:00:00-0800"), "2027-01-01T07:00:00.999999Z");
  EXPECT_EQ(end("2026-01-31T08:15+02"), "2026-01-31T06:15:59.999999Z");
  for (const char* text : {"", "2026", "2026-02-29", "2026-13-01", "2026-01-31T", "2026-01-31T8:15",
                           "2026-01-31T24:00", "2026-01-31T08:15:60", "2026-01-31T08:15:00.",
                           "2026-01-31Z", "2026-01-31T08:15+1", "2026-01-31T08:15+01:",
                           "2026-01-31T08:15 UTC", "20260131", "yesterday"}) {
    EXPECT_EQ(end(text), "none") << text;
  }
}

}  // namespace
}  // namespace alluvium::code
