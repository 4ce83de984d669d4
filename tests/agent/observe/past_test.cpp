// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/past.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/support/samples.h"

namespace mpm {
namespace {

Rollup hour(int after, double busy, double seconds = 3600) {
  Rollup rollup;
  rollup.at = kNoon + std::chrono::hours(after);
  rollup.seconds = seconds;
  rollup.worker_limit = 150;
  for (int look = 0; look < 100; ++look)
    rollup.busy.add(busy);
  return rollup;
}

TEST(PastPeak, IsTheBusiestHour) {
  std::vector<Rollup> hours{hour(0, 10), hour(1, 120), hour(2, 40)};
  hours[1].saturated_seconds = 30;
  const auto peak = past_peak(hours);
  ASSERT_TRUE(peak);
  EXPECT_EQ(peak->at, kNoon + std::chrono::hours(1));
  EXPECT_NEAR(peak->workers, 120, 120 * 0.02);
  EXPECT_EQ(peak->saturated_seconds, 30);
  EXPECT_EQ(peak->worker_limit, 150);
  EXPECT_EQ(peak->hours, 3);
}

TEST(PastPeak, DoesNotBelieveAnHourThatWasHardlySeen) {
  const std::vector<Rollup> hours{hour(0, 10), hour(1, 120, 60)};
  const auto peak = past_peak(hours);
  ASSERT_TRUE(peak);
  EXPECT_NEAR(peak->workers, 10, 0.2);
  EXPECT_EQ(peak->hours, 1);
}

TEST(PastPeak, OfNoHistoryIsNone) {
  EXPECT_FALSE(past_peak({}));
  const std::vector<Rollup> hours{hour(0, 10, 60), Rollup{}};
  EXPECT_FALSE(past_peak(hours));
}

}  // namespace
}  // namespace mpm
