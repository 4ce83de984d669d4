// SPDX-License-Identifier: Apache-2.0
//
// Whose work fills the processors: sweeps of the server's processes against the host's load.
#include <algorithm>

#include <gtest/gtest.h>

#include "agent/observe/observation.h"
#include "tests/support/samples.h"

namespace mpm {
namespace {

constexpr int kSweepEvery = 5;

struct Use {
  double busy = 10;   // workers, all of the time
  double run = 0;     // seconds of processor time a second, of all children
  double wait = 0;    // likewise, waited for a processor
  double host = 3.9;  // busy of the host's 4 cores
};

// Half a minute of two children, swept every five seconds.
LoadObservation seen(const Use& work, bool told = true) {
  const auto samples = window(30, [&](Sample& sample, int second) {
    sample.tally.busy = static_cast<std::int64_t>(work.busy);
    sample.accesses = 100 * second;
    sample.host.cpu_busy_seconds = work.host * second;
    if (second % kSweepEvery != 0) return;
    for (std::int32_t pid = 2; pid < 4; ++pid) {
      ProcessUsage child = process(pid, 50 * second, 3 << 20);
      child.cpu_seconds = 100 + work.run / 2 * second;
      if (told) child.cpu_wait_seconds = 7 + work.wait / 2 * second;
      sample.processes.push_back(child);
    }
  });
  return observe(samples, settings_of(Mpm::Prefork, 10, {{"MaxRequestWorkers", 10}})).load;
}

TEST(Processor, TellsRunningFromWaitingForOne) {
  const LoadObservation load = seen({.busy = 10, .run = 3.8, .wait = 5.7});
  EXPECT_NEAR(load.cpu_own_share.value(), 0.95, 1e-9);
  EXPECT_NEAR(load.cpu_wait_share.value(), 0.6, 1e-9);
  EXPECT_NEAR(load.cpu_ready_share.value(), 0.95, 1e-9);
  EXPECT_NEAR(load.cpu_seconds_per_request, 0.038, 1e-9);
  EXPECT_NEAR(load.cpu_busy_share, 0.975, 1e-9);
}

// The host is as busy, and httpd's workers wait for a backend.
TEST(Processor, ABusyNeighbourIsNoneOfIt) {
  const LoadObservation load = seen({.busy = 10, .run = 0.1, .wait = 0.2});
  EXPECT_NEAR(load.cpu_own_share.value(), 0.025, 1e-9);
  EXPECT_NEAR(load.cpu_wait_share.value(), 2.0 / 3, 1e-9);
  EXPECT_NEAR(load.cpu_ready_share.value(), 0.03, 1e-9);
}

TEST(Processor, AKernelThatDoesNotTellLeavesTheShareOut) {
  const LoadObservation load = seen({.busy = 10, .run = 3.8}, false);
  EXPECT_TRUE(load.cpu_own_share);
  EXPECT_FALSE(load.cpu_wait_share);
  EXPECT_FALSE(load.cpu_ready_share);
}

// Requests that wait for a backend and need next to nothing of a processor: that much is known.
TEST(Processor, RequestsThatHardlyRunAreKnownToWaitForSomethingElse) {
  const LoadObservation load = seen({.busy = 10, .run = 0.001, .wait = 0.0005});
  EXPECT_FALSE(load.cpu_wait_share);
  ASSERT_TRUE(load.cpu_ready_share);
  EXPECT_LT(*load.cpu_ready_share, 0.001);
}

TEST(Processor, AnIdleServerHasNoShareWorthAWord) {
  const LoadObservation load = seen({.busy = 0, .run = 0.0005, .wait = 0.0005});
  EXPECT_FALSE(load.cpu_wait_share);
  EXPECT_EQ(load.cpu_ready_share, 0) << "none of its requests waits for a processor";
}

TEST(Processor, AChildThatCameBetweenSweepsIsNoRun) {
  const auto samples = window(10, [](Sample& sample, int second) {
    sample.accesses = 10 * second;
    if (second % kSweepEvery != 0) return;
    ProcessUsage child = process(100 + second, 5, 3 << 20);  // another one each time
    child.cpu_seconds = 50;
    child.cpu_wait_seconds = 50;
    sample.processes = {child};
  });
  const LoadObservation load =
      observe(samples, settings_of(Mpm::Prefork, 10, {{"MaxRequestWorkers", 10}})).load;
  EXPECT_DOUBLE_EQ(load.cpu_own_share.value(), 0);
  EXPECT_FALSE(load.cpu_wait_share);
}

// Five of thirty seconds at full load, and whose that was.
LoadObservation burst(double run) {
  const auto samples = window(30, [&](Sample& sample, int second) {
    const int full = std::clamp(second - 10, 0, 5);
    sample.accesses = 100 * second;
    sample.host.cpu_busy_seconds = 1.0 * (second - full) + 4.0 * full;
    if (second % kSweepEvery != 0) return;
    ProcessUsage child = process(2, 50 * second, 3 << 20);
    child.cpu_seconds = run * sample.host.cpu_busy_seconds;
    sample.processes = {child};
  });
  return observe(samples, settings_of(Mpm::Prefork, 10, {{"MaxRequestWorkers", 10}})).load;
}

TEST(Processor, ABurstThatFillsThemIsSeenThoughTheyAreCalmOnAverage) {
  EXPECT_LT(burst(0.9).cpu_busy_share, 0.5);
  EXPECT_NEAR(burst(0.9).cpu_full_share, 5.0 / 30, 1e-9);
  EXPECT_EQ(burst(0.3).cpu_full_share, 0) << "mostly the work of others";
}

TEST(Processor, AQuotaThatStoppedTheServerIsSeen) {
  const auto samples = window(10, [](Sample& sample, int second) {
    sample.host.cpu_periods = 1000 + 10 * second;
    sample.host.cpu_throttled = 900 + 4 * second;
  });
  const LoadObservation load =
      observe(samples, settings_of(Mpm::Prefork, 10, {{"MaxRequestWorkers", 10}})).load;
  EXPECT_DOUBLE_EQ(load.cpu_throttled_share, 0.4);
}

}  // namespace
}  // namespace mpm
