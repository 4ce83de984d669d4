// SPDX-License-Identifier: Apache-2.0
//
// Requests that share processors, a backend and memory, held against what queueing theory says of
// them, and what a look at a simulated server shows.
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
const ServiceTime kNothing(0);

// Poisson clients whose requests take `processor` and then `service`, for each of whom there are
// so many workers.
Simulated long_run(std::int32_t workers, LoadShape load, const Machine& machine) {
  load.patience = 1h;
  const Served served{
      .pool = fixed_pool(workers), .listen_backlog = 100'000, .costs = kFree, .machine = machine};
  return simulate(served, load, kWarm);
}

LoadShape working(double a_second, std::size_t seconds, const ServiceTime& processor,
                  const ServiceTime& service = kNothing) {
  LoadShape load = steady(a_second, seconds, service);
  load.processor = processor;
  return load;
}

TEST(Processors, OneIsSharedAsIfTimesDidNotVary) {
  for (const double variation : {0.0, 1.0, 8.0}) {
    const Simulated seen =
        long_run(500, working(7, 20'000, ServiceTime(0.1, variation)), {.cores = 1});
    const double expected = 0.1 / (1 - 0.7);  // M/G/1 with processor sharing, whatever G
    EXPECT_NEAR(seen.response.mean_seconds(), expected, 0.06 * expected) << variation;
    EXPECT_NEAR(seen.waiting.mean_seconds(), 0, 1e-6) << "a worker began at once";
  }
}

TEST(Processors, FourAreSharedAsErlangSays) {
  for (const double a_second : {40.0, 80.0, 90.0}) {
    const Simulated seen =
        long_run(500, working(a_second, 4000, ServiceTime(0.04, 1)), {.cores = 4, .switching = 0});
    const double load = a_second * 0.04 / 4;
    const double expected = 0.04 * (1 + erlang_c(4, 4 * load) / (4 * (1 - load)));
    EXPECT_NEAR(seen.response.mean_seconds(), expected, 0.06 * expected) << a_second;
  }
}

// A closed network of processors and a delay, with `inside` requests (mean value analysis): its
// throughput a second.
double throughput(int inside, int cores, double processor, double delay) {
  // G(n) = sum over k at the processors of their terms times the delay's.
  const auto normaliser = [&](int n) {
    double sum = 0;
    for (int k = 0; k <= n; ++k) {
      double logarithm =
          k * std::log(processor) + (n - k) * std::log(delay) - std::lgamma(n - k + 1);
      for (int i = 1; i <= k; ++i)
        logarithm -= std::log(std::min(i, cores));
      sum += std::exp(logarithm);
    }
    return sum;
  };
  return normaliser(inside - 1) / normaliser(inside);
}

// An open queue before so many workers, which are that network: the mean time of an answer.
double mean_response(int workers, double a_second, int cores, double processor, double delay) {
  double weight = 1, weights = 1, requests = 0;
  for (int n = 1; n <= 3000; ++n) {
    weight *= a_second / throughput(std::min(n, workers), cores, processor, delay);
    weights += weight;
    requests += n * weight;
    if (weight < 1e-12 * weights) break;
  }
  return requests / weights / a_second;
}

TEST(Processors, WorkersThatShareThemWithADelayAnswerAsMeanValueAnalysisSays) {
  for (const int workers : {8, 10, 16, 32}) {
    const Simulated seen =
        long_run(workers, working(60, 5000, ServiceTime(0.04, 1), ServiceTime(0.02, 1)),
                 {.cores = 4, .switching = 0});
    const double expected = mean_response(workers, 60, 4, 0.04, 0.02);
    EXPECT_NEAR(seen.response.mean_seconds(), expected, 0.03 * expected) << workers;
  }
}

TEST(Processors, SwitchingTakesOfTheWorkWhatEachThatRunsTooMuchCosts) {
  // More is asked for than two cores can do, so that all workers run.
  for (const std::int32_t workers : {2, 52, 102}) {
    const Simulated seen =
        long_run(workers, working(300, 400, ServiceTime(0.01, 0)), {.cores = 2, .switching = 0.01});
    const double work = 2 / (1 + 0.01 * (workers - 2));
    EXPECT_NEAR(static_cast<double>(seen.seconds.back().served) / 400, work / 0.01,
                0.02 * work / 0.01)
        << workers;
    EXPECT_NEAR(seen.seconds.back().processor_seconds, 2 * 400, 2);
  }
}

// As the kernel counts it for each child: all that the processors did, and the rest of the time
// that its requests were ready.
TEST(Processors, AChildShowsWhatItRanAndWhatItWaited) {
  Served served{.pool = fixed_pool(52), .listen_backlog = 100'000, .costs = kFree};
  served.machine = {.cores = 2, .switching = 0.01};
  SimulationOptions options = kWarm;
  options.sweep_every = 10s;
  const Simulated seen = simulate(served, working(300, 200, ServiceTime(0.01, 0)), options);
  double ran = 0, waited = 0;
  for (const ChildSeen& child : seen.seconds.back().sweep) {
    ran += child.processor_seconds;
    waited += child.waited_seconds;
  }
  EXPECT_NEAR(ran, seen.seconds.back().processor_seconds, 2);
  EXPECT_NEAR((ran + waited) / ran, 52.0 / 2, 0.5) << "each of 52 has a 26th of its time";
}

TEST(Backends, WhoFindsAllItsServersBusyWaitsAsErlangSays) {
  for (const double a_second : {60.0, 80.0, 90.0}) {
    const Simulated seen = long_run(500, working(a_second, 6000, kNothing, ServiceTime(0.1, 1)),
                                    {.backend_servers = 10});
    const double expected = 0.1 + erlang_c(10, a_second / 10) / (100 - a_second);
    EXPECT_NEAR(seen.response.mean_seconds(), expected, 0.06 * expected) << a_second;
    EXPECT_NEAR(seen.waiting.mean_seconds(), 0, 1e-6) << "the server's own workers were free";
  }
}

TEST(Backends, WhoWaitsForOneHindersItsWork) {
  // Of `workers` requests two are served, and the others wait and make them longer.
  for (const std::int32_t workers : {2, 12, 52}) {
    const Simulated seen = long_run(workers, working(100, 400, kNothing, ServiceTime(0.1, 0)),
                                    {.backend_servers = 2, .backend_contention = 0.02});
    // Who begins leaves one less waiting than there were.
    const double takes = 0.1 * (1 + 0.02 * std::max(0, workers - 3));
    EXPECT_NEAR(static_cast<double>(seen.seconds.back().served) / 400, 2 / takes, 0.03 * 2 / takes)
        << workers;
  }
}

TEST(Memory, WhatIsOverItsBudgetSlowsEverythingDown) {
  Served served{.pool = fixed_pool(10), .listen_backlog = 100, .costs = kFree};
  served.costs.fresh_bytes = served.costs.grown_bytes = 1.1e6;
  served.machine = {.cores = 4, .memory_budget = 10e6, .paging = 30};
  const LoadShape load = working(2, 2000, ServiceTime(0.02, 0), ServiceTime(0.03, 0));
  const Simulated slow = simulate(served, load, kWarm);
  EXPECT_EQ(slow.seconds_over_budget, 2000 - 59);
  EXPECT_NEAR(slow.response.mean_seconds(), 0.05 * (1 + 30 * 0.1), 0.01);
  const SecondSeen& last = slow.seconds.back();
  EXPECT_NEAR(last.processor_seconds, 0.02 * static_cast<double>(last.served), 1)
      << "a processor does nothing while pages come";
  served.machine.memory_budget = 11e6;
  const Simulated fits = simulate(served, load, kWarm);
  EXPECT_EQ(fits.seconds_over_budget, 0);
  EXPECT_NEAR(fits.response.mean_seconds(), 0.05, 0.001);
}

// As many requests as it was told at first.
class FixedLimit : public Limiter {
 public:
  explicit FixedLimit(std::int32_t limit) : limit_(limit) {}
  std::int32_t limit() const override { return limit_; }
  void answered(Time took, std::int32_t in_service, Time) override {
    seconds += in_seconds(took);
    most = std::max(most, in_service);
  }
  double seconds = 0;
  std::int32_t most = 0;

 private:
  std::int32_t limit_;
};

TEST(Limiters, ALimitOfTenIsTenWorkers) {
  LoadShape load = steady(95, 1000, ServiceTime(0.1, 1));
  load.patience = 1h;
  Served served{.pool = fixed_pool(10), .listen_backlog = 100'000, .costs = kFree};
  const Simulated ten = simulate(served, load);
  served.pool = fixed_pool(50);
  FixedLimit limiter(10);
  const Simulated limited = simulate(served, load, {.limiter = &limiter});
  EXPECT_DOUBLE_EQ(limited.response.mean_seconds(), ten.response.mean_seconds());
  EXPECT_EQ(limiter.most, 10);
  EXPECT_NEAR(limiter.seconds / static_cast<double>(limited.answered), 0.1, 0.005);
}

TEST(Looks, TheSecondsShowWhatScoreboardAndProcShow) {
  Served served{.pool = threaded_pool(Mpm::Event), .costs = kFree, .machine = {.cores = 4}};
  served.costs.fresh_bytes = 1e6;
  served.costs.leaked_a_request = 100;
  LoadShape load = working(100, 1000, ServiceTime(0.01, 1), ServiceTime(0.4, 8));
  load.requests_a_client = 4;
  load.clients.assign(1000, 25);
  const Simulated seen = simulate(served, load, {.sweep_every = 10s});
  double ages = 0, serving = 0;
  for (const SecondSeen& second : seen.seconds) {
    ages += second.age_seconds;
    serving += second.serving;
    EXPECT_GE(second.children.connections, second.children.busy);
    EXPECT_EQ(second.children.busy, second.serving) << "under event";
  }
  // E[S^2] / (2 E[S]), with the variation of both parts.
  const double squares = 0.41 * 0.41 + 8 * 0.4 * 0.4 + 0.01 * 0.01;
  EXPECT_NEAR(ages / serving, squares / (2 * 0.41), 0.1 * squares / (2 * 0.41));
  const SecondSeen& last = seen.seconds.back();
  EXPECT_NEAR(last.processor_seconds, 0.01 * static_cast<double>(last.served),
              0.05 * last.processor_seconds);
  EXPECT_TRUE(seen.seconds[8].sweep.empty());
  ASSERT_FALSE(last.sweep.empty());
  std::int64_t requests = 0;
  double bytes = 0, processor = 0;
  for (const ChildSeen& child : last.sweep) {
    requests += child.requests;
    bytes += child.bytes;
    processor += child.processor_seconds;
  }
  EXPECT_DOUBLE_EQ(bytes, last.children.bytes);
  EXPECT_LE(requests, last.served);
  EXPECT_GT(requests, last.served / 2) << "most children are still there";
  EXPECT_NEAR(processor / static_cast<double>(requests), 0.01, 0.001);
}

TEST(Looks, AProcessThatTakesNoMoreConnectionsIsDeaf) {
  // One process of five threads, and many connections that are kept.
  apache::Pool pool = threaded_pool(Mpm::Event, 1);
  pool.max_children = 1;
  pool.threads_per_child = pool.max_request_workers = 5;
  LoadShape load = working(5, 60, ServiceTime(0.001, 1), ServiceTime(0.01, 1));
  load.requests_a_client = 20;
  load.think_seconds = 3;
  const Simulated seen = simulate({.pool = pool}, load);
  const SecondSeen& last = seen.seconds.back();
  EXPECT_GT(last.children.idle, 0);
  EXPECT_EQ(last.children.deaf, last.children.idle);
  EXPECT_GT(last.queue, 0);
}

TEST(Patience, WhoIsServedForLongerHasFailedToo) {
  LoadShape load = steady(10, 1, ServiceTime(100, 0));
  load.clients.resize(20, 0);
  load.patience = 5s;
  const Simulated seen = simulate({.pool = fixed_pool(50)}, load);
  EXPECT_EQ(seen.failed, seen.requests) << "though no answer ever came";
  EXPECT_GT(seen.requests, 0);
  EXPECT_EQ(seen.open, 0);
  EXPECT_NEAR(seen.response.mean_seconds(), 5, 0.1);
}

}  // namespace
}  // namespace mpm::model
