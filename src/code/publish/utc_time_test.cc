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

}  // namespace
}  // namespace alluvium::code
