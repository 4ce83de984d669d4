// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/observation.h"

#include <random>

#include <gtest/gtest.h>

#include "agent/observe/distribution.h"
#include "tests/support/samples.h"

namespace mpm {
namespace {

MpmSettings ten_workers() {
  return settings_of(Mpm::Prefork, 10, {{"MaxRequestWorkers", 10}});
}

TEST(Distribution, KnowsItsQuantilesExactly) {
  std::vector<double> values;
  for (int i = 1; i <= 100; ++i)
    values.push_back(i);
  const Distribution numbers = distribution_of(values);
  EXPECT_EQ(numbers.count, 100);
  EXPECT_DOUBLE_EQ(numbers.mean, 50.5);
  EXPECT_DOUBLE_EQ(numbers.variance, 833.25);
  EXPECT_EQ(numbers.p50, 50);
  EXPECT_EQ(numbers.p95, 95);
  EXPECT_EQ(numbers.p99, 99);
  EXPECT_EQ(numbers.max, 100);
  EXPECT_EQ(distribution_of({}).count, 0);
  EXPECT_EQ(quantile({7}, 0.5), 7);
}

TEST(Observe, NothingOfNothing) {
  const Observation seen = observe({}, ten_workers());
  EXPECT_EQ(seen.samples, 0);
  EXPECT_EQ(seen.worker_limit, 10);
  EXPECT_FALSE(seen.memory);
}

TEST(Observe, S19_RatesAreDifferencesAndNotLifetimeAverages) {
  const auto samples = window(10, [](Sample& sample, int second) {
    sample.accesses = 1000000000 + 50 * second;
    sample.tally.busy = 5;
  });
  const Observation seen = observe(samples, ten_workers());
  EXPECT_DOUBLE_EQ(seen.load.completed_per_second, 50);
  EXPECT_DOUBLE_EQ(seen.load.service_seconds, 0.1) << "Little: 5 busy at 50 a second";
  EXPECT_DOUBLE_EQ(seen.span_seconds, 10);
}

TEST(Observe, ARestartAddsNothingToTheRates) {
  const auto samples = window(10, [](Sample& sample, int second) {
    sample.accesses = second < 5 ? 5000 + 10 * second : 10 * (second - 5);
    sample.generation = second < 5 ? 0 : 1;
    if (second >= 5) sample.restarted = kNoon + std::chrono::seconds(5);
  });
  const Observation seen = observe(samples, ten_workers());
  EXPECT_DOUBLE_EQ(seen.load.completed_per_second, 10);
  EXPECT_EQ(seen.restarts, 1);
}

TEST(Observe, AGapAddsNothingToTheRates) {
  auto samples = window(10, [](Sample& sample, int second) { sample.accesses = 10 * second; });
  auto later = window(10, [](Sample& sample, int second) {
    sample.at += std::chrono::hours(2);
    sample.accesses = 1000000 + 10 * second;
  });
  samples.insert(samples.end(), later.begin(), later.end());
  EXPECT_DOUBLE_EQ(observe(samples, ten_workers()).load.completed_per_second, 10);
}

TEST(Observe, PinnedRampingAndDeafAreToldApart) {
  const auto samples = window(9, [](Sample& sample, int second) {
    sample.listeners = {listener(second == 9 ? 0 : 3, 20)};
    sample.tally.busy = second < 3 ? 10 : 5;  // full
    if (second >= 3) sample.tally.idle = 0;   // ramping
    if (second >= 6) {
      sample.tally.idle = 5;
      sample.tally.deaf = 5;
    }
  });
  const LoadObservation load = observe(samples, ten_workers()).load;
  EXPECT_DOUBLE_EQ(load.pinned_share, 0.3);
  EXPECT_DOUBLE_EQ(load.ramping_share, 0.3);
  EXPECT_DOUBLE_EQ(load.deaf_share, 0.3) << "deaf where nobody waits is no harm yet";
}

TEST(Observe, WhatEndsWhileAllWorkersAreBusyIsCountedApart) {
  std::int64_t served = 0;
  const auto samples = window(9, [&](Sample& sample, int second) {
    const bool full = second >= 5;
    sample.tally.busy = full ? 10 : 5;
    sample.tally.idle = full ? 0 : 5;
    served += full ? 30 : 50;
    sample.accesses = served;
  });
  EXPECT_DOUBLE_EQ(observe(samples, ten_workers()).load.pinned_per_second, 30);
}

TEST(Observe, AFullServerWithAWorkerBetweenTwoRequestsIsNotDeaf) {
  const auto samples = window(9, [](Sample& sample, int) {
    sample.listeners = {listener(50, 60)};
    sample.tally.busy = 9;
    sample.tally.idle = 1;
    sample.tally.deaf = 1;
  });
  const LoadObservation load = observe(samples, ten_workers()).load;
  EXPECT_EQ(load.deaf_share, 0);
  EXPECT_EQ(load.pinned_share, 1) << "nobody who waits can get the idle one";
}

TEST(Observe, AFullServerIsOneThatHasNoWorkerForWhoWaits) {
  const auto pinned = [](std::int64_t busy, std::int64_t idle, std::int64_t deaf,
                         std::int64_t queue) {
    const auto samples = window(9, [&](Sample& sample, int) {
      sample.listeners = {listener(queue, 60)};
      sample.tally.busy = busy;
      sample.tally.idle = idle;
      sample.tally.deaf = deaf;
    });
    return observe(samples, ten_workers()).load.pinned_share;
  };
  EXPECT_EQ(pinned(8, 2, 2, 50), 1);
  EXPECT_EQ(pinned(8, 2, 1, 50), 0) << "one of them accepts";
  EXPECT_EQ(pinned(8, 2, 2, 0), 0) << "nobody waits";
  EXPECT_EQ(pinned(6, 4, 4, 50), 0) << "so many idle ones are another trouble";
  EXPECT_EQ(pinned(6, 2, 2, 50), 0) << "more processes may come";
}

TEST(Observe, S26_WaitingForTheNextRequestIsNoWork) {
  const auto samples = window(10, [](Sample& sample, int second) {
    sample.tally.busy = 9;
    sample.tally.keepalive = 8;
    sample.accesses = 10 * second;
  });
  const LoadObservation load = observe(samples, ten_workers()).load;
  EXPECT_EQ(load.busy.p50, 1);
  EXPECT_EQ(load.keepalive.p50, 8);
  EXPECT_DOUBLE_EQ(load.service_seconds, 0.1);
}

// An exponential time of service has CV^2 = 1, and its age at a random moment is as long as it.
TEST(Observe, AgesTellHowMuchDurationsVary) {
  for (const auto& [age, cv2] : {std::pair(0.1, 1.0), {0.05, 0.001}, {0.45, 8.0}}) {
    const auto samples = window(20, [age = age](Sample& sample, int second) {
      sample.tally.busy = 10;
      sample.accesses = 100 * second;
      sample.work.running = 10;
      sample.work.age_sum_seconds = 10 * age;
    });
    EXPECT_NEAR(observe(samples, ten_workers()).load.service_cv2, cv2, 1e-9);
  }
}

// Of four requests that are looked at one is the first of its connection; of fewer than 50 such
// nobody knows.
TEST(Observe, FirstRequestsTellHowManyAConnectionBrings) {
  for (const auto& [seconds, requests] : {std::pair(49, 4.0), {48, 0.0}}) {
    const auto samples = window(seconds, [](Sample& sample, int) {
      sample.work.running = 4;
      sample.work.running_first = 1;
    });
    EXPECT_DOUBLE_EQ(observe(samples, ten_workers()).load.requests_per_connection, requests)
        << "after " << seconds << " s";
  }
}

// No request is half as old as it should be on average: these are not their ages.
TEST(Observe, AgesOfSomethingElseTellNothing) {
  const auto samples = window(20, [](Sample& sample, int second) {
    sample.tally.busy = 10;
    sample.accesses = 100 * second;
    sample.work.running = 10;
    sample.work.age_sum_seconds = 0.2;
  });
  EXPECT_EQ(observe(samples, ten_workers()).load.service_cv2, 0);
}

TEST(Observe, ArrivalsAreWhatWasServedAndWhatPiledUp) {
  const auto samples = window(10, [](Sample& sample, int second) {
    sample.tally.busy = 10;
    sample.accesses = 40 * second;
    sample.listeners = {listener(10 * second, 10 * second)};
    sample.host.listen_overflows = 100 + 5 * second;
  });
  const LoadObservation load = observe(samples, ten_workers()).load;
  EXPECT_DOUBLE_EQ(load.completed_per_second, 40);
  EXPECT_NEAR(load.arrived_per_second, 40 + 10 + 0.4 * 5, 1e-9);
  EXPECT_EQ(load.overflows, 50);
}

TEST(ObserveMemory, S06_AChildCostsWhatOnlyItHas) {
  const auto samples = window(2, [](Sample& sample, int second) {
    if (second != 2) return;
    ProcessUsage parent = process(1, 0, 1 << 20);
    parent.parent = true;
    sample.processes = {parent, process(2, 50, 3 << 20), process(3, 60, 4 << 20),
                        process(4, 70, 5 << 20)};
  });
  const auto memory = observe(samples, ten_workers()).memory;
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->children, 3);
  EXPECT_EQ(memory->child_typical, Bytes{4 << 20});
  EXPECT_EQ(memory->child_large, Bytes{5 << 20});
  EXPECT_EQ(memory->requests_per_child, 60);
  EXPECT_EQ(memory->server_pss, Bytes{(13 << 20) + (10 << 20)});
  // The shared pages once, and the parent's own.
  EXPECT_EQ(memory->shared_once, Bytes{(10 << 20) + (1 << 20)});
}

TEST(ObserveMemory, S06c_APeakThatIsOverIsRemembered) {
  const auto samples = window(1, [](Sample& sample, int) {
    ProcessUsage child = process(2, 50, 3 << 20);
    child.peak = Bytes{115 << 20};
    sample.processes = {child};
  });
  EXPECT_EQ(observe(samples, ten_workers()).memory->child_peak, Bytes{105 << 20});
}

TEST(ObserveMemory, GrowthIsTheSlopeWithinAChild) {
  std::mt19937 random(3);
  const auto samples = window(40, [&](Sample& sample, int second) {
    for (std::int32_t pid = 2; pid < 6; ++pid) {
      // Children of different ages and sizes, which a slope across them would take for growth.
      const std::int64_t requests = 100 * pid + 12 * second;
      const auto noise = static_cast<std::int64_t>(random() % 8192);
      sample.processes.push_back(
          process(pid, requests, pid * (8 << 20) + 20000 * requests + noise));
    }
  });
  const auto memory = observe(samples, ten_workers()).memory;
  ASSERT_TRUE(memory->growth_per_request);
  EXPECT_NEAR(*memory->growth_per_request, 20000, 200);
  EXPECT_GT(memory->growth_low, 19000);
  // Of children of 16, 24, 32 and 40 MB the median, and not what they have grown to.
  EXPECT_NEAR(static_cast<double>(memory->child_warm.value), 28 << 20, 5 << 20);
}

// Half of each child has been paged out, and the worse the shortage is the more.
TEST(ObserveMemory, WhatWasSwappedOutIsAChildsToo) {
  const auto samples = window(40, [](Sample& sample, int second) {
    for (std::int32_t pid = 2; pid < 6; ++pid) {
      ProcessUsage child = process(pid, 100 + 12 * second, 4 << 20);
      child.swap = Bytes{(8 << 20) + 20000 * child.requests};
      sample.processes.push_back(child);
    }
  });
  const auto memory = observe(samples, ten_workers()).memory;
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->child_typical, Bytes{(12 << 20) + 20000 * (100 + 12 * 40)});
  EXPECT_EQ(memory->child_large, memory->child_typical);
  EXPECT_EQ(memory->child_peak, memory->child_typical);
  ASSERT_TRUE(memory->growth_per_request) << "the resident part stands still";
  EXPECT_NEAR(*memory->growth_per_request, 20000, 1);
  // Of the machine's memory it holds what is resident.
  EXPECT_EQ(memory->server_pss, Bytes{4 * ((4 << 20) + (10 << 20) / 4)});
}

TEST(ObserveMemory, WarmingUpIsNoGrowth) {
  const auto samples = window(3, [](Sample& sample, int second) {
    sample.processes = {process(2, 10 * second, (1 + second) << 20)};
  });
  EXPECT_FALSE(observe(samples, ten_workers()).memory->growth_per_request);
}

TEST(Observe, SettingsAreNumbersAndOnIsOne) {
  MpmSettings settings = settings_of(Mpm::Event, 150, {{"MaxRequestWorkers", 150}});
  Setting keepalive;
  keepalive.directive = "KeepAlive";
  keepalive.effective = std::string("On");
  Setting file;
  file.directive = "ScoreBoardFile";
  file.effective = std::string("in memory");
  settings.settings.push_back(keepalive);
  settings.settings.push_back(file);
  const Observation seen = observe({}, settings);
  ASSERT_EQ(seen.settings.size(), 2U);
  EXPECT_EQ(seen.settings[0].effective, 150);
  EXPECT_TRUE(seen.settings[0].configured);
  EXPECT_EQ(seen.settings[1].effective, 1);
  EXPECT_FALSE(seen.settings[1].configured);
}

}  // namespace
}  // namespace mpm
