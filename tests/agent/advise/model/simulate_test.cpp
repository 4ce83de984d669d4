// SPDX-License-Identifier: Apache-2.0
//
// Sequences of processes that httpd 2.4.71 was seen to go through, and what its directives do to
// clients.
#include "agent/advise/model/simulate.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/advise/model/pools.h"

namespace mpm::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// More than any server here can serve, then nothing.
LoadShape flood(std::size_t busy, std::size_t quiet) {
  LoadShape load = steady(1000, busy, ServiceTime(1, 0));
  load.clients.resize(busy + quiet, 0);
  return load;
}

std::vector<std::int32_t> part(const std::vector<std::int32_t>& all, std::size_t from,
                               std::size_t count) {
  return {all.begin() + static_cast<std::ptrdiff_t>(from),
          all.begin() + static_cast<std::ptrdiff_t>(from + count)};
}

Served served_by(const apache::Pool& pool) {
  return {.pool = pool, .costs = {.fork = 0ms, .startup = 1ms, .reread = 1ms}};
}

// A look just before the end of each second, so that a second shows what it did.
constexpr SimulationOptions kLate{.first_look = 900ms};

TEST(Simulator, PreforkClimbsAsHttpdDoes) {
  const Simulated seen = simulate(served_by(prefork_pool()), flood(13, 0), kLate);
  EXPECT_THAT(processes(seen),
              ElementsAre(6, 8, 12, 20, 36, 68, 100, 132, 164, 196, 228, 256, 256));
}

TEST(Simulator, EventAndWorkerClimbAsHttpdDoes) {
  for (const Mpm mpm : {Mpm::Event, Mpm::Worker})
    EXPECT_THAT(processes(simulate(served_by(threaded_pool(mpm)), flood(5, 0), kLate)),
                ElementsAre(4, 6, 10, 16, 16));
}

TEST(Simulator, PreforkAndWorkerEndOneChildASecond) {
  // Each goes, and is there until its parent's next look.
  const auto prefork = processes(simulate(served_by(prefork_pool()), flood(14, 40), kLate));
  EXPECT_THAT(part(prefork, 45, 5), ElementsAre(prefork[44] - 1, prefork[44] - 2, prefork[44] - 3,
                                                prefork[44] - 4, prefork[44] - 5));
  const auto worker =
      processes(simulate(served_by(threaded_pool(Mpm::Worker)), flood(6, 30), kLate));
  EXPECT_EQ(worker.back(), 10);
  const auto first = std::ranges::find(worker, 15) - worker.begin();
  EXPECT_THAT(part(worker, static_cast<std::size_t>(first), 6),
              ElementsAre(15, 14, 13, 12, 11, 10));
}

TEST(Simulator, EventWithoutRoomInTheScoreboardEndsOneInTwoSeconds) {
  const auto seen = processes(simulate(served_by(threaded_pool(Mpm::Event)), flood(6, 40), kLate));
  const auto first = static_cast<std::size_t>(std::ranges::find(seen, 15) - seen.begin());
  EXPECT_THAT(part(seen, first, 6), ElementsAre(15, 15, 14, 14, 13, 13));
  const auto roomy =
      processes(simulate(served_by(threaded_pool(Mpm::Event, 64)), flood(6, 40), kLate));
  const auto begin = static_cast<std::size_t>(std::ranges::find(roomy, 15) - roomy.begin());
  EXPECT_THAT(part(roomy, begin, 4), ElementsAre(15, 14, 13, 12));
}

TEST(Simulator, AGracefulRestartUnderLoadThrowsPreforkBackToStartServers) {
  SimulationOptions options = kLate;
  options.graceful = 20s + 800ms;
  Served served = served_by(prefork_pool());
  served.costs.reread = 300ms;
  const auto all = processes(simulate(served, steady(400, 45, ServiceTime(1, 0)), options));
  EXPECT_EQ(all[19], 256);
  // Five of those that ended meanwhile were replaced; then one more a second, ten times, and then
  // it doubles.
  EXPECT_THAT(part(all, 22, 14), ElementsAre(6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 22, 30));
}

TEST(Simulator, EventWithoutRoomInTheScoreboardHasNobodyForASecondAfterAGracefulRestart) {
  SimulationOptions options = kLate;
  options.graceful = 20s + 500ms;
  const LoadShape load = steady(300, 40, ServiceTime(1, 0));
  const auto tight = simulate(served_by(threaded_pool(Mpm::Event)), load, options).seconds;
  EXPECT_EQ(tight[19].children.processes, 16);
  EXPECT_TRUE(std::ranges::any_of(tight, [](const SecondSeen& second) {
    return second.children.busy + second.children.idle == 0;
  }));
  apache::Pool roomy = threaded_pool(Mpm::Event, 32);
  roomy.start_servers = 16;
  const auto wide = simulate(served_by(roomy), load, options).seconds;
  EXPECT_GE(wide[22].children.busy + wide[22].children.idle, 400);
}

TEST(Simulator, AKeptConnectionHoldsAWorkerUnlessTheMpmIsEvent) {
  LoadShape load = steady(10, 120, ServiceTime(0.01, 0));
  load.requests_a_client = 5;
  load.think_seconds = 2;
  std::vector<std::int32_t> busy;
  for (const apache::Pool& pool :
       {prefork_pool(), threaded_pool(Mpm::Worker), threaded_pool(Mpm::Event)})
    busy.push_back(simulate(served_by(pool), load).seconds.back().children.busy);
  // Little's law: 10 clients a second wait four times or longer, 2 seconds or 5 at most.
  EXPECT_GT(busy[0], 50);
  EXPECT_GT(busy[1], 50);
  EXPECT_LT(busy[2], 5);
  Served closing = served_by(prefork_pool());
  closing.keep_alive = false;
  EXPECT_LT(simulate(closing, load).seconds.back().children.busy, 5);
}

TEST(Simulator, OneRequestOfAConnectionIsItsFirst) {
  LoadShape load = steady(100, 200, ServiceTime(0.05, 0));
  load.requests_a_client = 4;
  load.think_seconds = 0.1;
  for (const apache::Pool& pool : {prefork_pool(), threaded_pool(Mpm::Event)}) {
    double serving = 0;
    double first = 0;
    for (const SecondSeen& second : simulate(served_by(pool), load).seconds) {
      serving += second.serving;
      first += second.serving_first;
    }
    EXPECT_NEAR(serving / first, 4, 0.4);
  }
}

TEST(Simulator, TheQueueHoldsOneMoreThanItsBacklog) {
  Served served = served_by(fixed_pool(1));
  served.listen_backlog = 7;
  const Simulated seen = simulate(served, steady(100, 5, ServiceTime(100, 0)));
  EXPECT_EQ(seen.seconds.back().queue, 8);
  EXPECT_GT(seen.refused, 400);
}

TEST(Simulator, WhoWaitsLongerThanItsPatienceHasFailed) {
  LoadShape load = steady(20, 60, ServiceTime(0.1, 0));
  load.patience = 2s;
  Served served = served_by(fixed_pool(1));
  served.listen_backlog = 1000;
  const Simulated seen = simulate(served, load);
  EXPECT_EQ(seen.requests, seen.answered + seen.failed + seen.open);
  // What was asked is done, though nobody waits for it any more; so all come too late.
  EXPECT_LT(seen.answered, 60);
  EXPECT_GT(seen.failed, 1000);
}

TEST(Simulator, AChildThatServesForGoodIsReplacedAfterMaxConnectionsPerChild) {
  apache::Pool pool = prefork_pool();
  pool.max_connections_per_child = 10;
  const Simulated seen = simulate(served_by(pool), steady(10, 100, ServiceTime(0.01, 0)));
  EXPECT_NEAR(static_cast<double>(seen.children_started), 100, 20);
  EXPECT_EQ(seen.failed, 0);
}

// The kernel wakes the one that has waited in accept longest.
TEST(Simulator, ChildrenThatWaitInAcceptGetConnectionsInTurn) {
  apache::Pool worker = threaded_pool(Mpm::Worker);
  worker.start_servers = 8;
  worker.max_spare = 400;
  SimulationOptions options;
  options.sweep_every = 1s;
  for (const apache::Pool& pool : {fixed_pool(8), worker}) {
    const Simulated seen =
        simulate(served_by(pool), steady(50, 60, ServiceTime(0.001, 0)), options);
    for (const SecondSeen& second : seen.seconds) {
      ASSERT_EQ(second.sweep.size(), 8U);
      const auto [least, most] = std::ranges::minmax(second.sweep, {}, &ChildSeen::requests);
      EXPECT_LE(most.requests - least.requests, 2);
    }
  }
}

TEST(Simulator, PreforksChildrenThatWereStartedTogetherEndTogether) {
  apache::Pool pool = fixed_pool(8);
  pool.max_connections_per_child = 20;
  const auto seen = simulate(served_by(pool), steady(10, 30, ServiceTime(0.01, 0)), kLate).seconds;
  const auto idle = [](const SecondSeen& second) { return second.children.idle; };
  EXPECT_LE(std::ranges::min(seen, {}, idle).children.idle, 1) << "160 connections later";
  EXPECT_EQ(seen[12].children.idle, 8);
}

TEST(Simulator, MemoryGrowsWithWhatTheChildrenServed) {
  Served served = served_by(fixed_pool(4));
  served.costs.fresh_bytes = 1e6;
  served.costs.grown_bytes = 5e6;
  served.costs.half_grown_after = 10;
  const Simulated idle = simulate(served, steady(0, 10, ServiceTime(0.01, 0)));
  EXPECT_NEAR(idle.most_bytes, 4e6, 1);
  const Simulated worked = simulate(served, steady(200, 100, ServiceTime(0.01, 0)));
  EXPECT_NEAR(worked.most_bytes, 20e6, 0.1e6);
  const Simulated half = simulate(served, steady(2, 20, ServiceTime(0.01, 0)));
  EXPECT_NEAR(half.most_bytes, 4 * 3e6, 1.5e6) << "forty requests for four children";
  served.costs.leaked_a_request = 1000;
  EXPECT_NEAR(simulate(served, steady(200, 100, ServiceTime(0.01, 0))).most_bytes, 40e6, 1e6);
}

TEST(Simulator, AThreadThatWasNeverNeededTakesNoMemory) {
  Served served = served_by(threaded_pool(Mpm::Event));
  served.costs.needed_thread = 1e6;
  EXPECT_EQ(simulate(served, steady(0, 10, ServiceTime(0.1, 1))).most_bytes, 0);
  // A request at a time needs one thread of each child, a flood all of them.
  const Simulated few = simulate(served, steady(1, 200, ServiceTime(0.001, 0)));
  EXPECT_EQ(few.most_bytes, 1e6 * few.most_processes);
  EXPECT_EQ(simulate(served, flood(20, 0)).most_bytes, 400e6);
}

}  // namespace
}  // namespace mpm::model
