#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "alluvium/error.h"
#include "delta/backoff_internal.h"

namespace alluvium::delta {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

TEST(Backoff, WaitsWithinItsBounds) {
  const auto begin = Clock::now();
  back_off(1, {});
  EXPECT_GE(Clock::now() - begin, 2ms);
  EXPECT_LT(Clock::now() - begin, 2s);
  const auto again = Clock::now();
  back_off(1000, {});
  EXPECT_GE(Clock::now() - again, 249ms);
}

TEST(Backoff, EndsWithTheStopToken) {
  std::stop_source stop;
  const auto begin = Clock::now();
  std::jthread stopper([&] {
    std::this_thread::sleep_for(10ms);
    stop.request_stop();
  });
  try {
    for (int i = 0; i < 100; ++i) back_off(100, {.stop = stop.get_token()});
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Cancelled);
  }
  EXPECT_LT(Clock::now() - begin, 5s);
}

TEST(Backoff, EndsAtTheDeadline) {
  try {
    back_off(100, Interrupt::after(5ms));
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::DeadlineExceeded);
  }
}

}  // namespace
}  // namespace alluvium::delta
