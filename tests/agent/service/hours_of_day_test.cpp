// SPDX-License-Identifier: Apache-2.0
#include "agent/service/hours_of_day.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/samples.h"
#include "tests/support/temp_dir.h"

namespace mpm {
namespace {

using std::chrono::hours;
using testing::Each;
using testing::Eq;
using testing::HasSubstr;
using testing::Optional;

// kNoon is 22:13:20 of Greenwich; the hour that it is in began then.
constexpr Instant kTenAtNight{std::chrono::milliseconds{1699999200000}};

class HoursOfDay : public testing::Test {
 protected:
  HoursOfDay() {
    in_zone("UTC");
    past_.fields = {"limit", "busy"};
  }
  ~HoursOfDay() override { in_zone(""); }
  HoursOfDay(const HoursOfDay&) = delete;
  HoursOfDay& operator=(const HoursOfDay&) = delete;
  static void in_zone(const std::string& zone) {
    zone.empty() ? unsetenv("TZ") : setenv("TZ", zone.c_str(), 1);
    tzset();
  }

  void add(int after, double seconds, std::optional<double> busy) {
    past_.points.push_back({kTenAtNight + hours(after), seconds, {1.0, busy}});
  }
  HistoryReport past_;
};

TEST_F(HoursOfDay, AreTheMeansOfTheSameHourOfEachDay) {
  add(0, 3600, 10);
  add(24, 1800, 40);
  add(25, 3600, 7);
  const BusyByHour busy = busy_by_hour(past_);
  EXPECT_THAT(busy[22], Optional(20.0)) << "by the time that was seen";
  EXPECT_THAT(busy[23], Optional(7.0));
  EXPECT_FALSE(busy[0]);
}

TEST_F(HoursOfDay, AreThoseOfTheLocalDay) {
  in_zone("UTC-5:30");  // east of Greenwich, as POSIX writes it
  add(0, 3600, 10);
  const BusyByHour busy = busy_by_hour(past_);
  EXPECT_THAT(busy[3], Optional(10.0));
  EXPECT_FALSE(busy[22]);
}

TEST_F(HoursOfDay, NeedHalfAnHour) {
  add(0, 1000, 10);
  add(1, 900, 10);
  add(25, 900, 20);
  const BusyByHour busy = busy_by_hour(past_);
  EXPECT_FALSE(busy[22]);
  EXPECT_THAT(busy[23], Optional(15.0));
}

TEST_F(HoursOfDay, AreUnknownWhereNothingIs) {
  add(0, 3600, std::nullopt);
  past_.points.push_back({kTenAtNight + hours(1), 3600, {1.0}});
  EXPECT_THAT(busy_by_hour(past_), Each(Eq(std::nullopt)));
  past_.fields = {"limit"};
  EXPECT_THAT(busy_by_hour(past_), Each(Eq(std::nullopt)));
}

TEST(HoursOfService, AreNotThereWithoutOne) {
  const TempDir dir;
  const auto none = ask_for_hours(dir / "agent.sock", "1", kDaysOfHours);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, Error::Kind::Unreachable);
  EXPECT_THAT(none.error().what, HasSubstr("agent.sock"));
}

}  // namespace
}  // namespace mpm
