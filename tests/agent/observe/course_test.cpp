// SPDX-License-Identifier: Apache-2.0
//
// The load from look to look: what is offered, how it rises, and where throughput stops growing.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>

#include <gtest/gtest.h>

#include "agent/observe/observation.h"
#include "tests/support/samples.h"

namespace mpm {
namespace {

LoadObservation load_of(const std::vector<Sample>& samples, std::int64_t limit) {
  return observe(samples, settings_of(Mpm::Prefork, limit, {{"MaxRequestWorkers", limit}})).load;
}

// A minute with 5 workers busy at 50 a second (0.1 s each); then 200 a second come, and 10 workers
// serve 100 of them while the rest piles up.
TEST(Offered, GoesOnWhereTheLimitHidesIt) {
  const auto samples = window(120, [](Sample& sample, int second) {
    const int pinned = std::max(0, second - 60);
    sample.tally.busy = pinned > 0 ? 10 : 5;
    sample.tally.idle = pinned > 0 ? 0 : 5;
    sample.accesses = 50 * std::min(second, 60) + 100 * pinned;
    sample.listeners = {listener(100 * pinned, 100 * pinned)};
  });
  const LoadObservation load = load_of(samples, 10);
  EXPECT_EQ(load.busy.max, 10);
  EXPECT_NEAR(load.offered.p99, 20, 0.6) << "200 a second of 0.1 s each";
}

// Fifty seconds with 5 workers busy at 50 a second (0.1 s each); then as many end and `inside`
// workers are busy, with all four processors full but for `missed` seconds of one in each ten.
std::vector<Sample> calm_and_burst(int inside, double missed) {
  return window(100, [&](Sample& sample, int second) {
    const int burst = std::max(0, second - 50);
    sample.tally.busy = burst > 0 ? inside : 5;
    sample.tally.idle = 10;
    sample.accesses = 50 * second;
    sample.host.cpu_busy_seconds =
        1.0 * std::min(second, 50) + 4.0 * burst - missed * static_cast<int>(burst / 10);
  });
}

// The time of a request that waits for a full processor or a full pool is not its own.
TEST(Offered, TakesTheTimeOfARequestFromTheCalmPart) {
  EXPECT_NEAR(load_of(calm_and_burst(40, 0), 100).offered.p95, 5, 0.6);
}

// A look in the middle of a burst may happen to miss it: a child just ended, or httpd's processors
// were another's for a moment. Hundreds are inside all the same.
TEST(Offered, TakesNoMomentOfABurstForACalm) {
  EXPECT_NEAR(load_of(calm_and_burst(400, 2), 1000).calm_service_seconds, 0.1, 0.001);
}

TEST(Rises, AreOfTheLengthsInWhichHttpdCanFollow) {
  const auto samples = window(300, [](Sample& sample, int second) {
    // Ten a second more, from the hundredth to the hundred-and-fifth second.
    sample.tally.busy = 20 + 10 * std::clamp(second - 100, 0, 5);
    sample.listeners = {listener(0, 0)};
  });
  const LoadObservation load = load_of(samples, 100);
  ASSERT_EQ(load.rises.size(), 10U);
  EXPECT_EQ(load.rises[0], 10);
  EXPECT_EQ(load.rises[2], 30);
  EXPECT_EQ(load.rises[4], 50);
  EXPECT_EQ(load.rises[9], 50);
}

TEST(Rises, CountTheClientsThatWait) {
  const auto samples = window(20, [](Sample& sample, int second) {
    sample.tally.busy = 5;
    sample.listeners = {listener(second < 10 ? 0 : 40, 45)};
  });
  EXPECT_EQ(load_of(samples, 5).rises.front(), 40);
}

TEST(Rises, AGapIsNoJump) {
  auto samples = window(50, [](Sample& sample, int) { sample.tally.busy = 5; });
  const auto later = window(50, [](Sample& sample, int) {
    sample.at += std::chrono::hours(1);
    sample.tally.busy = 90;
  });
  samples.insert(samples.end(), later.begin(), later.end());
  EXPECT_EQ(load_of(samples, 100).rises.back(), 0);
}

// Ten minutes of a load that goes up and down between 10 and 300 a second.
std::vector<Sample> waves(const std::function<double(double)>& throughput_of_load, double seconds) {
  std::mt19937 random(7);
  double accesses = 0;
  return window(600, [&](Sample& sample, int second) {
    const double wanted = 155 - 145 * std::cos(2 * M_PI * second / 120);
    const double served = throughput_of_load(wanted);
    accesses += std::poisson_distribution<int>(served)(random);
    sample.accesses = static_cast<std::int64_t>(accesses);
    // What the backend does not finish stays at it.
    const double waits = std::max(0.0, wanted - served) * 0.5;
    sample.tally.busy = std::poisson_distribution<int>(seconds * served + waits)(random);
    sample.tally.idle = 10;
  });
}

TEST(Plateau, IsWhereMoreAtOnceBringNoMore) {
  const auto samples = waves([](double wanted) { return std::min(wanted, 160.0); }, 0.1);
  const auto plateau = load_of(samples, 400).plateau;
  ASSERT_TRUE(plateau);
  EXPECT_NEAR(plateau->best_per_second, 160, 8);
  EXPECT_GE(plateau->per_second, 0.93 * plateau->best_per_second);
  EXPECT_NEAR(plateau->workers, 20, 8) << "16, but for the width of a bin";
  EXPECT_GT(plateau->most_workers, 60);
  EXPECT_NEAR(plateau->most_per_second, 160, 8);
}

TEST(Plateau, IsNoneWhileMoreClientsGetMore) {
  const auto samples = waves([](double wanted) { return wanted; }, 0.1);
  EXPECT_FALSE(load_of(samples, 400).plateau);
}

// With a steady load there are now more and now fewer at once, by chance alone.
TEST(Plateau, IsNoneOfASteadyLoad) {
  std::mt19937 random(11);
  for (const double mean : {1.0, 10.0, 100.0}) {
    double accesses = 0;
    const auto samples = window(900, [&](Sample& sample, int) {
      accesses += std::poisson_distribution<int>(100)(random);
      sample.accesses = static_cast<std::int64_t>(accesses);
      sample.tally.busy = std::poisson_distribution<int>(mean)(random);
      sample.tally.idle = 10;
    });
    EXPECT_FALSE(load_of(samples, 400).plateau) << mean;
  }
}

// A few at once: from 1 to 6 is chance.
TEST(Plateau, IsNoneOfAFewRequestsAtOnce) {
  std::mt19937 random(5);
  double accesses = 0;
  const auto samples = window(300, [&](Sample& sample, int) {
    accesses += std::poisson_distribution<int>(100)(random);
    sample.accesses = static_cast<std::int64_t>(accesses);
    sample.tally.busy = std::poisson_distribution<int>(3.5)(random);
    sample.tally.idle = 10;
  });
  EXPECT_FALSE(load_of(samples, 400).plateau);
}

// Half of the time a steady load; then twice as much comes, and the backend chokes on what waits.
TEST(Plateau, TellsWhatCameWhenItWasLeft) {
  const auto samples = window(400, [](Sample& sample, int second) {
    const int choked = std::max(0, second - 200);
    sample.accesses = 120 * std::min(second, 200) + 30 * choked;
    sample.tally.busy = choked > 0 ? std::min(400, 10 + 230 * choked) : 10;
    sample.tally.idle = choked > 1 ? 0 : 10;
    sample.listeners = {listener(0, 0)};
  });
  const auto plateau = load_of(samples, 400).plateau;
  ASSERT_TRUE(plateau);
  EXPECT_EQ(plateau->end_workers, 10);
  EXPECT_EQ(plateau->most_workers, 400);
  EXPECT_NEAR(plateau->most_per_second, 30, 1e-9);
  EXPECT_NEAR(plateau->onset_arrivals, 30 + 230, 1e-9) << "30 were served, and 230 came on top";
}

// While the number of the busy rose, more ended than ever before: 190 a second, which at the pace
// of 10 that serve 120 takes 16.
TEST(Plateau, TellsHowManyWouldServeWhatEndedWhenItWasLeft) {
  const auto samples = window(400, [](Sample& sample, int second) {
    const int choked = std::max(0, second - 200);
    sample.accesses =
        120 * std::min(second, 200) + (choked > 0 ? 190 : 0) + 30 * std::max(0, choked - 1);
    sample.tally.busy = choked > 0 ? std::min(400, 10 + 230 * choked) : 10;
    sample.tally.idle = choked > 1 ? 0 : 10;
    sample.listeners = {listener(0, 0)};
  });
  const auto plateau = load_of(samples, 400).plateau;
  ASSERT_TRUE(plateau);
  EXPECT_EQ(plateau->end_workers, 10);
  EXPECT_NEAR(plateau->onset_workers, 190 * 10.0 / 120, 1e-9);
}

// 20 more each second, of which 42 are served in the first one.
TEST(Plateau, SeesARiseOfSomeSeconds) {
  std::int64_t served = 0;
  const auto samples = window(400, [&](Sample& sample, int second) {
    const int choked = std::max(0, second - 200);
    served += choked == 0 ? 40 : choked == 1 ? 42 : 20;
    sample.accesses = served;
    sample.tally.busy = std::min(400, 10 + 20 * choked);
    sample.tally.idle = 10;
    sample.listeners = {listener(0, 0)};
  });
  const auto plateau = load_of(samples, 400).plateau;
  ASSERT_TRUE(plateau);
  EXPECT_NEAR(plateau->onset_arrivals, (62 + 4 * 40) / 5.0, 1e-9) << "until 100 are busy";
  EXPECT_NEAR(plateau->onset_workers, 42 * 10.0 / 40, 1e-9);
}

// One more each second, until 100 are busy and 39 a second came: longer than clients that were
// turned away would stay away.
TEST(Plateau, SeesASlowRiseWhereNobodyWasTurnedAway) {
  std::int64_t served = 0;
  auto samples = window(400, [&](Sample& sample, int second) {
    const int choked = std::max(0, second - 200);
    served += choked == 0 ? 40 : 38;
    sample.accesses = served;
    sample.tally.busy = 10 + choked;
    sample.tally.idle = 10;
    sample.listeners = {listener(0, 0)};
  });
  const auto plateau = load_of(samples, 400).plateau;
  ASSERT_TRUE(plateau);
  EXPECT_NEAR(plateau->onset_arrivals, 39, 0.2);
  EXPECT_EQ(plateau->onset_workers, 0) << "what they served then is not of the onset alone";
  for (std::size_t i = 220; i < samples.size(); ++i)
    samples[i].host.listen_overflows = 3;
  EXPECT_EQ(load_of(samples, 400).plateau->onset_arrivals, 0);
}

// Nearly four times as many at once bring a tenth more, which is no reason for more.
TEST(Plateau, IsWhereMuchMoreAtOnceBringsLittle) {
  const auto samples =
      waves([](double wanted) { return std::min(wanted, 120 + wanted / 12); }, 0.1);
  EXPECT_TRUE(load_of(samples, 400).plateau);
}

// With 20 at once it is nearly at its best, with 25 wholly: either is said with its own number.
TEST(Plateau, SaysWhatItsWorkersServedBesideTheBest) {
  constexpr std::array kBusy{5, 10, 15, 20, 25, 30, 40, 60, 80, 100};
  constexpr std::array kServed{40, 80, 120, 152, 160, 160, 160, 160, 160, 160};
  std::int64_t accesses = 0;
  const auto samples = window(599, [&](Sample& sample, int second) {
    const auto level = static_cast<std::size_t>(second) / 60;
    accesses += kServed.at(level);
    sample.accesses = accesses;
    sample.tally.busy = kBusy.at(level);
    sample.tally.idle = 10;
  });
  const auto plateau = load_of(samples, 400).plateau;
  ASSERT_TRUE(plateau);
  EXPECT_NEAR(plateau->workers, 20, 1);
  EXPECT_NEAR(plateau->per_second, 152, 2);
  EXPECT_NEAR(plateau->best_per_second, 160, 1);
}

TEST(Plateau, IsNotSeenInAFewLooks) {
  auto samples = waves([](double wanted) { return std::min(wanted, 160.0); }, 0.1);
  samples.resize(150);
  EXPECT_FALSE(load_of(samples, 400).plateau);
}

}  // namespace
}  // namespace mpm
