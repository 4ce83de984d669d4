// SPDX-License-Identifier: Apache-2.0
//
// Looks summed up: what lies between two of them, restarts of every kind, gaps, and merging.
#include "agent/history/rollup.h"

#include <gtest/gtest.h>

#include "agent/history/looks.h"
#include "agent/history/series.h"
#include "tests/support/samples.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kMinute{60'000};
// kNoon is 20 s into a minute.
const Instant kFullMinute = beginning_of(kNoon, kMinute) + kMinute;

// `count` a second, one second apart, from a full minute on.
std::vector<Sample> steady(int length, std::int64_t per_second) {
  auto samples = window(length, [&](Sample& sample, int second) {
    sample.at = kFullMinute + seconds(second);
    sample.accesses = 1'000'000 + per_second * second;
    sample.tally.busy = 10 + second % 5;
    sample.tally.idle = 5;
    sample.worker_limit = 400;
  });
  return samples;
}

TEST(Looks, S09_AGracefulReloadLeavesTheCountersAlone) {
  auto samples = steady(1, 50);
  samples[1].generation = 1;
  const Between step = between(samples[0], samples[1], 5);
  EXPECT_TRUE(step.reloaded);
  EXPECT_FALSE(step.restarted);
  EXPECT_EQ(step.requests, 50);
}

TEST(Looks, S09_AHangupIsARestartOfTheSameProcess) {
  auto samples = steady(1, 50);
  samples[1].generation = 1;
  samples[1].restarted += std::chrono::hours(2);
  samples[1].accesses = 7;
  const Between step = between(samples[0], samples[1], 5);
  EXPECT_TRUE(step.restarted);
  EXPECT_FALSE(step.reloaded);
  EXPECT_EQ(step.requests, 7) << "what was served since";
}

TEST(Looks, ARestartedServerThatHasServedMoreAlreadyIsSeenByItsStart) {
  auto samples = steady(1, 50);
  samples[0].accesses = 3;
  samples[1].restarted += std::chrono::hours(1);
  samples[1].accesses = 40;
  EXPECT_EQ(between(samples[0], samples[1], 5).requests, 40);
}

TEST(Looks, AnotherProcessIsARestartAlsoWithinASecond) {
  auto samples = steady(1, 50);
  samples[1].pid = samples[0].pid + 1;
  EXPECT_TRUE(between(samples[0], samples[1], 5).restarted);
}

TEST(Looks, ACounterOf32BitsGoesOnBehindItsEnd) {
  auto samples = steady(1, 50);
  samples[0].accesses = (std::int64_t{1} << 32) - 20;
  samples[1].accesses = 30;
  const Between step = between(samples[0], samples[1], 5);
  EXPECT_FALSE(step.restarted);
  EXPECT_EQ(step.requests, 50);
}

TEST(Looks, ThatAreFarApartSayOnlyWhetherItWasRestarted) {
  auto samples = steady(1, 50);
  samples[1].at += seconds(60);
  const Between step = between(samples[0], samples[1], 5);
  EXPECT_FALSE(step.comparable);
  EXPECT_EQ(step.requests, 0);
  EXPECT_EQ(step.seconds, 0);
}

TEST(Rollup, OfAMinuteHasItsLooksAndWhatLiesBetweenThem) {
  const auto minutes = rolled_up(steady(119, 50), kFullMinute, kMinute);
  ASSERT_EQ(minutes.size(), 2U);
  EXPECT_EQ(minutes[0].at, kFullMinute);
  EXPECT_EQ(minutes[0].looks, 60);
  EXPECT_EQ(minutes[0].requests, 59 * 50) << "the first look has none before it";
  EXPECT_EQ(minutes[1].requests, 60 * 50);
  EXPECT_DOUBLE_EQ(minutes[1].seconds, 60);
  EXPECT_EQ(minutes[1].busy_max, 14);
  EXPECT_NEAR(*minutes[1].rate.quantile(0.5), 50, 1);
}

TEST(Rollup, ComparesItsFirstLookWithOneFromBefore) {
  const auto minutes = rolled_up(steady(119, 50), kFullMinute + kMinute, kMinute);
  ASSERT_EQ(minutes.size(), 1U);
  EXPECT_EQ(minutes[0].requests, 60 * 50);
}

TEST(Rollup, LeavesAGapAGap) {
  auto samples = steady(300, 50);
  std::erase_if(samples, [](const Sample& sample) {
    return sample.at >= kFullMinute + seconds(70) && sample.at < kFullMinute + seconds(200);
  });
  const auto minutes = rolled_up(samples, kFullMinute, kMinute);
  ASSERT_EQ(minutes.size(), 5U);
  EXPECT_EQ(minutes[2].at, kFullMinute + 3 * kMinute) << "nobody looked in the third minute";
  EXPECT_EQ(minutes[2].looks, 40);
  EXPECT_EQ(minutes[2].requests, 39 * 50);
}

TEST(Rollup, CountsTheTimeThatItIsSaturated) {
  auto samples = steady(59, 50);
  for (std::size_t second = 30; second < 40; ++second) {
    samples[second].tally.busy = 400;
    samples[second].tally.idle = 0;
  }
  const auto minutes = rolled_up(samples, kFullMinute, kMinute);
  EXPECT_DOUBLE_EQ(minutes[0].saturated_seconds, 10);
  EXPECT_EQ(minutes[0].saturated_requests, 10 * 50);
  Rollup both = minutes[0];
  merge(both, minutes[0]);
  EXPECT_EQ(both.saturated_requests, 20 * 50);
}

TEST(Rollup, CountsTheChildrenThatCameAndWent) {
  auto samples = steady(119, 50);
  for (std::size_t second = 30; second < samples.size(); ++second) {
    samples[second].children_started = 7;
    samples[second].children_ended = 2;
  }
  // An agent that has just begun to watch counts from nothing.
  for (std::size_t second = 90; second < samples.size(); ++second) {
    samples[second].children_started = 1;
    samples[second].children_ended = 0;
  }
  const auto minutes = rolled_up(samples, kFullMinute, kMinute);
  EXPECT_EQ(minutes[0].children_started, 7);
  EXPECT_EQ(minutes[0].children_ended, 2);
  EXPECT_EQ(minutes[1].children_started, 1);
  EXPECT_EQ(minutes[1].children_ended, 0);
  const auto both = merged(minutes, std::chrono::hours(1));
  EXPECT_EQ(both.back().children_started, 8);
  EXPECT_EQ(both.back().children_ended, 2);
}

TEST(Rollup, OfAnHourIsThatOfItsMinutes) {
  auto samples = steady(3599, 50);
  for (std::size_t i = 1000; i < samples.size(); ++i)
    samples[i].accesses -= 1'000'000;
  const Instant hour = beginning_of(kFullMinute, std::chrono::hours(1));
  const auto minutes = rolled_up(samples, kFullMinute, kMinute);
  const auto by_minutes = merged(minutes, std::chrono::hours(1));
  const auto at_once = rolled_up(samples, kFullMinute, std::chrono::hours(1));
  ASSERT_EQ(by_minutes.size(), at_once.size());
  EXPECT_EQ(by_minutes[0].at, hour);
  for (std::size_t i = 0; i < at_once.size(); ++i) {
    EXPECT_EQ(by_minutes[i].looks, at_once[i].looks);
    EXPECT_EQ(by_minutes[i].requests, at_once[i].requests);
    EXPECT_EQ(by_minutes[i].restarts, at_once[i].restarts);
    EXPECT_EQ(by_minutes[i].busy, at_once[i].busy);
    EXPECT_EQ(by_minutes[i].rate, at_once[i].rate);
    EXPECT_EQ(by_minutes[i].memory_available_min, at_once[i].memory_available_min);
  }
}

TEST(Series, TellsWhatWasAskedForInThatOrder) {
  const auto fields = chosen_fields("requests_per_second,busy_max,duration_seconds");
  ASSERT_TRUE(fields);
  const auto minutes = rolled_up(steady(119, 50), kFullMinute, kMinute);
  const HistoryPoint point = point_of(minutes[1], *fields);
  ASSERT_EQ(point.values.size(), 3U);
  EXPECT_DOUBLE_EQ(*point.values[0], 50);
  EXPECT_DOUBLE_EQ(*point.values[1], 14);
  EXPECT_FALSE(point.values[2]) << "no duration was seen";
}

TEST(Series, RefusesAFieldThatThereIsNotAndNamesThoseThereAre) {
  const auto fields = chosen_fields("busy,bussy");
  ASSERT_FALSE(fields);
  EXPECT_EQ(fields.error().kind, Error::Kind::Usage);
  EXPECT_NE(fields.error().what.find("\"bussy\" is none of busy, "), std::string::npos)
      << fields.error().what;
}

}  // namespace
}  // namespace mpm
