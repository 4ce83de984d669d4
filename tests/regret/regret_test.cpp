// SPDX-License-Identifier: Apache-2.0
//
// The quick part: that the harness shows an agent what there is, that it plays the same game each
// time, and a few loads on which the advice has to hold its bars. The whole table is regret's.
#include <algorithm>
#include <ostream>

#include <gtest/gtest.h>

#include "agent/observe/observation.h"
#include "tests/regret/gradient2.h"
#include "tests/regret/match.h"
#include "tests/regret/pools.h"
#include "tests/regret/shapes.h"

namespace mpm::regret {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kQuick = 120;  // seconds

Case named(std::string_view name, std::size_t seconds = kQuick) {
  const auto cases = hand_made();
  Case found = *std::ranges::find(cases, name, &Case::name);
  found.load.clients.resize(std::min(seconds, found.load.clients.size()));
  return found;
}

Observation seen_of(const Case& tried, const Directives& directives) {
  const Watched watched = watch(tried, directives, 7);
  return observe(watched.samples, watched.settings);
}

TEST(Watched, TheAgentSeesTheLoadAsItIs) {
  const Observation seen = seen_of(named("L6"), {{"MaxRequestWorkers", 1600}, {"ServerLimit", 64}});
  EXPECT_EQ(seen.worker_limit, 1600);
  EXPECT_EQ(seen.samples, 91);
  EXPECT_NEAR(seen.load.completed_per_second, 700, 30);
  EXPECT_NEAR(seen.load.service_seconds, 1.001, 0.15);
  EXPECT_NEAR(seen.load.service_cv2, 8, 1.6);
  EXPECT_NEAR(seen.load.cpu_busy_share, 700 * 0.001 / 4, 0.02);
  EXPECT_NEAR(seen.load.cpu_seconds_per_request, 0.001, 0.0002);
  EXPECT_EQ(seen.load.pinned_share, 0);
  EXPECT_EQ(seen.load.overflows, 0);
  EXPECT_EQ(seen.host.cores, 4);
}

TEST(Watched, TheAgentSeesThatTheLimitIsReached) {
  const Observation seen = seen_of(named("L6"), {});
  EXPECT_GT(seen.load.pinned_share, 0.9);
  EXPECT_GT(seen.load.queue.p50, 400);
  EXPECT_GT(seen.load.overflows, 1000);
}

TEST(Watched, TheAgentSeesWhoHoldsTheWorkers) {
  const Observation seen = seen_of(named("L4"), {});
  EXPECT_GT(seen.load.keepalive.mean, 200);
  EXPECT_LT(seen.load.busy.mean, 20);
  EXPECT_EQ(seen_of(named("L5"), {}).load.keepalive.mean, 0) << "under event no worker is held";
  EXPECT_GT(seen_of(named("L5"), {}).load.connections.mean, 200);
}

TEST(Watched, TheAgentSeesWhatChildrenCostAndHowTheyGrow) {
  // Enough of them for a budget that they do not reach.
  Case tried = named("L11", 300);
  tried.memory.budget = 20e9;
  const Observation seen = seen_of(tried, {{"MaxSpareServers", 200}});
  ASSERT_TRUE(seen.memory);
  ASSERT_TRUE(seen.memory->growth_per_request);
  EXPECT_NEAR(*seen.memory->growth_per_request, tried.memory.leaked, 0.02 * tried.memory.leaked);
  tried.memory.leaked = 0;
  const Observation whole = seen_of(tried, {});
  EXPECT_NEAR(static_cast<double>(whole.memory->child_typical.value), tried.memory.grown, 0.2e6);
  EXPECT_NEAR(static_cast<double>(whole.memory->shared_once.value), tried.memory.shared, 0.1e6);
  EXPECT_LT(whole.memory->growth_per_request.value_or(0), 100);
}

TEST(Watched, WhatIsOverTheBudgetIsPagedOut) {
  const Watched watched = watch(named("L2"), {}, 7);
  EXPECT_TRUE(watched.outcome.breaks_budget());
  std::int64_t resident = 0;
  std::int64_t swapped = 0;
  for (const Sample& sample : watched.samples)
    if (!sample.processes.empty()) {
      resident = swapped = 0;
      for (const ProcessUsage& process : sample.processes) {
        resident += process.pss.value;
        swapped += process.swap.value;
      }
    }
  EXPECT_NEAR(static_cast<double>(resident), 2e9, 0.01e9);
  EXPECT_GT(swapped, 1e9);
}

TEST(Pools, DirectivesThatHttpdNeedsNotCorrect) {
  for (const Mpm mpm : {Mpm::Prefork, Mpm::Worker, Mpm::Event})
    for (const std::int64_t workers : {1, 7, 25, 60, 1000}) {
      Directives directives;
      set_workers(mpm, workers, directives);
      keep_all(mpm, workers, directives);
      const MpmSettings settings = settings_of(mpm, directives);
      EXPECT_EQ(settings.worker_limit, directives["MaxRequestWorkers"]);
      EXPECT_GT(settings.worker_limit, workers - kThreads);
      EXPECT_LE(settings.worker_limit, workers);
      for (const auto& [name, value] : directives)
        EXPECT_EQ(number_in_force(settings, name), value) << name << " of " << workers;
    }
}

// A second of a hundred answers, each so long, with so many in service.
void second_of(Gradient2& limiter, int second, std::chrono::milliseconds took,
               std::int32_t in_service) {
  for (int i = 0; i < 100; ++i)
    limiter.answered(took, in_service, std::chrono::seconds(second) + i * 10ms);
}

TEST(GradientLimit, GrowsByItsQueueWhileAnswersStayAsTheyWere) {
  Gradient2 limiter;
  EXPECT_EQ(limiter.limit(), 20);
  for (int second = 0; second < 100; ++second)
    second_of(limiter, second, 100ms, limiter.limit());
  // A fifth of four a second; the first second's window ends with its tenth answer.
  EXPECT_NEAR(limiter.limit(), 20 + 100 * 0.8, 2);
}

TEST(GradientLimit, ShrinksWhenAnswersTakeLongerAndStaysWhenItIsNotNeeded) {
  Gradient2 limiter;
  for (int second = 0; second < 200; ++second)
    second_of(limiter, second, 100ms, limiter.limit());
  const std::int32_t before = limiter.limit();
  for (int second = 200; second < 205; ++second)
    second_of(limiter, second, 400ms, limiter.limit());
  EXPECT_LT(limiter.limit(), 0.8 * before);
  // The next second's first answer ends a window of before.
  second_of(limiter, 205, 100ms, 1);
  const std::int32_t after = limiter.limit();
  for (int second = 206; second < 250; ++second)
    second_of(limiter, second, 100ms, after / 4);
  EXPECT_EQ(limiter.limit(), after);
}

TEST(Cases, AreThoseOfTheirSeed) {
  const auto few = random_cases(5, 3), many = random_cases(5, 8), others = random_cases(6, 3);
  for (std::size_t i = 0; i < few.size(); ++i) {
    EXPECT_EQ(few[i].about, many[i].about);
    EXPECT_EQ(few[i].load.clients, many[i].load.clients);
    EXPECT_NE(few[i].about, others[i].about);
  }
  EXPECT_EQ(hand_made().size(), 13U);
}

TEST(Game, IsTheSameEachTime) {
  const Case tried = named("L9", 100);
  const Match one = play(tried, Grid::Coarse, Others::Left);
  const Match other = play(tried, Grid::Coarse, Others::Left);
  EXPECT_EQ(line_of(one), line_of(other));
  EXPECT_LE(one.best.outcome.seconds, one.outcomes[kDefault].seconds);
  EXPECT_GT(one.regret(kDefault), 1.5) << "there is something to win";
}

// Loads that the defaults serve as well as anything would: whatever is advised must not harm.
class Harmless : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Quick, Harmless, testing::Values("L1", "L5", "L12", "L13"),
                         [](const auto& tried) { return std::string(tried.param); });

TEST_P(Harmless, WhatServesWellIsServedAsWellAfterEachRound) {
  const Case tried = named(GetParam());
  const double before = outcome_of(tried, defaults()).seconds;
  for (const Round& round : advised(tried, 3)) {
    const Outcome after = outcome_of(tried, round.directives);
    EXPECT_LE(after.seconds, 1.02 * before);
    EXPECT_FALSE(after.breaks_budget());
  }
}

// Loads that the defaults fail at, and what the advice must come to in three rounds.
struct Bar {
  const char* name;
  double regret;
  std::size_t seconds = kQuick;  // until the load has done its harm
};
std::ostream& operator<<(std::ostream& out, const Bar& bar) {
  return out << bar.name;
}

class Cured : public testing::TestWithParam<Bar> {};
INSTANTIATE_TEST_SUITE_P(Quick, Cured,
                         testing::Values(Bar{"L2", 1.1}, Bar{"L4", 1.1}, Bar{"L6", 1.1},
                                         Bar{"L7", 1.15, 200}, Bar{"L9", 1.1},
                                         Bar{"L11", 1.1, 300}),
                         [](const auto& bar) { return std::string(bar.param.name); });

TEST_P(Cured, InThreeRoundsTheAdviceIsNearTheOracle) {
  const Match match = play(named(GetParam().name, GetParam().seconds), Grid::Coarse, Others::Left);
  EXPECT_GT(match.regret(kDefault), 3) << "there is something to win";
  EXPECT_LE(match.regret(kOurs), GetParam().regret) << line_of(match);
  EXPECT_FALSE(match.outcomes[kOurs].breaks_budget());
}

}  // namespace
}  // namespace mpm::regret
