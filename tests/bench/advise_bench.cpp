// SPDX-License-Identifier: Apache-2.0
//
// From a day of looks, one a second, to a proposal: the window reduced, and the engine's answer. A
// day and a night, bursts, and sixteen children swept every ten seconds. The bar is 100 ms of a
// processor.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

#include "agent/advise/recommend.h"
#include "agent/observe/observation.h"
#include "tests/support/samples.h"

namespace mpm {
namespace {

constexpr double kBarSeconds = 0.1;
constexpr int kDay = 86'400;
constexpr int kSweepEvery = 10;
constexpr int kRounds = 5;

double processor_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

void sweep(Sample& sample, int second) {
  for (std::int32_t pid = 1; pid <= 17; ++pid) {
    ProcessUsage usage = process(pid, 20 * second, (20 << 20) + 4096 * (second % 1000));
    usage.parent = pid == 1;
    usage.cpu_seconds = 0.02 * second;
    usage.cpu_wait_seconds = 0.005 * second;
    sample.processes.push_back(usage);
  }
}

std::vector<Sample> day() {
  std::mt19937 random(5);
  std::int64_t accesses = 0;
  return window(kDay, [&](Sample& sample, int second) {
    const double daylight = 1 - std::cos(2 * M_PI * second / kDay);
    const bool burst = second % 3600 < 30;
    const double rate = 150 * daylight + (burst ? 400 : 20);
    const int busy = std::min(400, std::poisson_distribution<int>(rate * 0.3)(random));
    accesses += std::poisson_distribution<int>(rate)(random);
    sample.accesses = accesses;
    sample.tally.busy = busy;
    sample.tally.writing = busy;
    sample.tally.idle = 400 - busy;
    sample.tally.processes = 16;
    sample.work.running = busy;
    sample.work.age_sum_seconds = 0.3 * busy;
    sample.host.cpu_busy_seconds = 0.5 * second;
    sample.listeners = {listener(busy == 400 ? 60 : 0, busy + 200)};
    if (second % kSweepEvery == 0) sweep(sample, second);
  });
}

MpmSettings settings() {
  return settings_of(Mpm::Event, 400,
                     {{"StartServers", 3},
                      {"MinSpareThreads", 75},
                      {"MaxSpareThreads", 250},
                      {"ThreadLimit", 64},
                      {"ThreadsPerChild", 25},
                      {"ServerLimit", 16},
                      {"MaxRequestWorkers", 400},
                      {"MaxConnectionsPerChild", 0},
                      {"AsyncRequestWorkerFactor", 2},
                      {"ListenBacklog", 511},
                      {"KeepAliveTimeout", 5}});
}

// The least of some rounds: others use the machine too.
bool measure() {
  const std::vector<Sample> samples = day();
  double observing = 1e9;
  double advising = 1e9;
  Proposal proposal;
  for (int round = 0; round < kRounds; ++round) {
    const double start = processor_seconds();
    const Observation seen = observe(samples, settings());
    const double observed = processor_seconds();
    proposal = recommend(seen);
    const double end = processor_seconds();
    observing = std::min(observing, observed - start);
    advising = std::min(advising, end - observed);
  }
  std::printf("%d looks: observed in %.1f ms, advised in %.3f ms; bar %.0f ms\n%s\n", kDay,
              1000 * observing, 1000 * advising, 1000 * kBarSeconds, proposal.verdict.c_str());
  return observing + advising <= kBarSeconds;
}

}  // namespace
}  // namespace mpm

int main() {
  return mpm::measure() ? EXIT_SUCCESS : EXIT_FAILURE;
}
