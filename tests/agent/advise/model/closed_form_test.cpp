// SPDX-License-Identifier: Apache-2.0
//
// The simulator where mathematics knows the answer: M/M/c by Erlang, M/G/1 by Pollaczek and
// Khinchine, M/M/c/K's loss, and Little's law.
#include <cmath>

#include <gtest/gtest.h>

#include "agent/advise/model/erlang.h"
#include "agent/advise/model/simulate.h"
#include "tests/agent/advise/model/pools.h"

namespace mpm::model {
namespace {

using namespace std::chrono_literals;

constexpr ChildCosts kFree{.fork = 0ms, .startup = 0ms};
constexpr SimulationOptions kWarm{.counted_from = 60s};

Simulated long_run(std::int32_t workers, double a_second, const ServiceTime& service,
                   std::size_t seconds, std::int32_t backlog = 100'000) {
  LoadShape load = steady(a_second, seconds, service);
  load.patience = 1h;
  const Served served{.pool = fixed_pool(workers), .listen_backlog = backlog, .costs = kFree};
  return simulate(served, load, kWarm);
}

TEST(ClosedForm, ManyWorkersWithExponentialTimesWaitAsErlangSays) {
  for (const double a_second : {60.0, 80.0, 90.0}) {
    const Simulated seen = long_run(10, a_second, ServiceTime(0.1, 1), 6000);
    const double wait = erlang_c(10, a_second / 10);
    const double rest = 100 - a_second;  // of 10 workers with 10 a second each
    EXPECT_NEAR(seen.waiting.mean_seconds(), wait / rest, 0.06 * wait / rest) << a_second;
    // P(waiting > t) = C exp(-rest t)
    const double p99 = std::log(wait / 0.01) / rest;
    EXPECT_NEAR(seen.waiting.quantile_seconds(0.99), p99, 0.06 * p99) << a_second;
  }
}

TEST(ClosedForm, OneWorkerWaitsLongerTheMoreItsTimesVary) {
  for (const double variation : {0.0, 0.25, 1.0, 8.0}) {
    const Simulated seen = long_run(1, 7, ServiceTime(0.1, variation), 60'000);
    const double expected = 0.7 * 0.1 * (1 + variation) / (2 * (1 - 0.7));
    EXPECT_NEAR(seen.waiting.mean_seconds(), expected, 0.06 * expected) << variation;
  }
}

TEST(ClosedForm, AFullQueueRefusesWhatTheLossFormulaSays) {
  // 4 workers, 4 more in the queue, 5 asked for on average.
  LoadShape load = steady(50, 4000, ServiceTime(0.1, 1));
  load.patience = 900ms;  // nobody tries again
  const Served served{.pool = fixed_pool(4), .listen_backlog = 3, .costs = kFree};
  const Simulated seen = simulate(served, load);
  double weight = 1, sum = 1;
  for (int n = 1; n <= 8; ++n) {
    weight *= 5.0 / std::min(n, 4);
    sum += weight;
  }
  const double lost = weight / sum;
  EXPECT_NEAR(static_cast<double>(seen.refused) / static_cast<double>(seen.requests), lost,
              0.03 * lost);
}

TEST(ClosedForm, TheBusyAreArrivalsTimesService) {
  const Simulated seen = long_run(100, 200, ServiceTime(0.2, 4), 3000);
  double busy = 0;
  for (const SecondSeen& second : seen.seconds)
    busy += second.children.busy;
  EXPECT_NEAR(busy / static_cast<double>(seen.seconds.size()), 40, 1);
}

TEST(ClosedForm, CountedClientsAreAsManyAsWereCounted) {
  LoadShape load = steady(7, 100, ServiceTime(0.01, 0));
  load.arriving = Arriving::Counted;
  load.clients[50] = 0;
  EXPECT_EQ(simulate({.pool = fixed_pool(10)}, load).requests, 99 * 7);
  load.clients.assign(10'000, 0.3);
  EXPECT_NEAR(static_cast<double>(simulate({.pool = fixed_pool(10)}, load).requests), 3000, 150);
  // At random moments of a second the mean is its middle, and one worker that is held for longer
  // is waited for.
  load.clients.assign(20'000, 2);
  load.service = ServiceTime(0.2, 0);
  const double waited = simulate({.pool = fixed_pool(1)}, load).waiting.mean_seconds();
  // Two moments are nearer than 0.2 s with 1 - 0.8^2; then half of it is waited for or so.
  EXPECT_GT(waited, 0.015);
  EXPECT_LT(waited, 0.035);
}

TEST(ClosedForm, TimesOfServiceHaveTheMeanAndTheVariationThatWereAsked) {
  for (const double variation : {0.0, 0.25, 1.0, 3.0, 8.0}) {
    const ServiceTime service(0.5, variation);
    Random random(7);
    double sum = 0, squares = 0;
    constexpr int kDraws = 1'000'000;
    for (int i = 0; i < kDraws; ++i) {
      const double seconds = in_seconds(service.draw(random));
      sum += seconds;
      squares += seconds * seconds;
    }
    const double mean = sum / kDraws;
    EXPECT_NEAR(mean, 0.5, 0.005);
    EXPECT_NEAR(squares / kDraws / mean / mean - 1, variation, 0.02 + 0.03 * variation);
  }
}

TEST(ClosedForm, QuantilesAreRightToTwoPercent) {
  Times times;
  for (int i = 1; i <= 100'000; ++i)
    times.add(std::chrono::microseconds(i));
  for (const double share : {0.001, 0.01, 0.5, 0.95, 0.99, 1.0})
    EXPECT_NEAR(times.quantile_seconds(share), share * 0.1, share * 0.1 * 0.02);
  EXPECT_NEAR(times.mean_seconds(), 0.05, 0.0001);
  EXPECT_EQ(Times().quantile_seconds(0.5), 0);
}

}  // namespace
}  // namespace mpm::model
