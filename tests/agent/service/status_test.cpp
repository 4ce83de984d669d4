// SPDX-License-Identifier: Apache-2.0
#include "agent/service/status.h"

#include <gmock/gmock.h>

namespace mpm {
namespace {

using std::chrono::seconds;

Look look_at(Instant at, std::int64_t accesses) {
  Look look;
  look.sample.at = at;
  look.sample.accesses = accesses;
  look.sample.worker_limit = 8;
  look.sample.tally.busy = 3;
  look.sample.tally.idle = 5;
  return look;
}

ProcessUsage process(std::int64_t pss, std::int64_t peak) {
  ProcessUsage usage;
  usage.pss = Bytes{pss};
  usage.unique = Bytes{pss / 2};
  usage.rss = Bytes{pss * 10};
  usage.peak = Bytes{peak};
  usage.threads = 10;
  return usage;
}

TEST(Status, S19_RatesAreDifferencesAndNeverLifetimeAverages) {
  const Instant start = Instant(seconds(1000000));
  const TargetStatus status =
      status_of({}, look_at(start, 1000000), look_at(start + seconds(2), 1000050));
  ASSERT_TRUE(status.requests_per_second);
  EXPECT_DOUBLE_EQ(*status.requests_per_second, 25);
}

TEST(Status, HasNoRateAcrossARestart) {
  const Instant start = Instant(seconds(1000000));
  EXPECT_FALSE(
      status_of({}, look_at(start, 100), look_at(start + seconds(1), 3)).requests_per_second);
  Look restarted = look_at(start + seconds(1), 200);
  restarted.sample.restarted = start;
  EXPECT_FALSE(status_of({}, look_at(start, 100), restarted).requests_per_second);
}

TEST(Status, HasNoRateAfterOneLook) {
  EXPECT_FALSE(status_of({}, look_at(Instant(seconds(5)), 7), std::nullopt).requests_per_second);
}

TEST(Status, AddsUpTheMemoryOfAllProcessesAndTakesThePeakOfChildren) {
  Look look = look_at(Instant(seconds(5)), 7);
  look.sample.processes = {process(100, 900), process(40, 300), process(60, 500)};
  look.sample.processes[0].parent = true;
  const TargetStatus status = status_of({}, look, look_at(Instant(seconds(6)), 7));
  ASSERT_TRUE(status.memory);
  EXPECT_EQ(status.memory->processes, 3);
  EXPECT_EQ(status.memory->threads, 30);
  EXPECT_EQ(status.memory->pss, Bytes{200});
  EXPECT_EQ(status.memory->unique, Bytes{100});
  EXPECT_EQ(status.memory->rss, Bytes{2000});
  EXPECT_EQ(status.memory->largest_peak, Bytes{500});
}

TEST(Status, SaysEachLossOnce) {
  Look first = look_at(Instant(seconds(5)), 7);
  first.losses = {"no memory", "no sockets"};
  Look second = look_at(Instant(seconds(6)), 7);
  second.losses = {"no sockets"};
  Target target;
  target.losses = {"no environment"};
  EXPECT_THAT(status_of(target, first, second).losses,
              testing::ElementsAre("no environment", "no memory", "no sockets"));
}

}  // namespace
}  // namespace mpm
