// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/processor.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>

#include "agent/history/looks.h"

namespace mpm {
namespace {

// Ready to run for less than this, a share of it says nothing.
constexpr double kLeastReadySeconds = 0.05;

// Of what the host is busy with, what makes it the server's own work.
constexpr double kMostly = 0.5;

struct Use {
  double seconds = 0;         // between sweeps
  std::int64_t looks = 0;     // likewise
  std::int64_t full = 0;      // of these: the processors were full with the server's own work
  double core_seconds = 0;    // that the server could have used
  double served_seconds = 0;  // of workers that served a request
  double requests = 0;
  double run = 0;
  // Of those processes alone whose kernel tells how long they waited.
  double told_run = 0;
  double told_wait = 0;
  bool told = false;
};

void add_process(const ProcessUsage& before, const ProcessUsage& after, Use& use) {
  const double run = std::max(0.0, after.cpu_seconds - before.cpu_seconds);
  use.run += run;
  if (!before.cpu_wait_seconds || !after.cpu_wait_seconds) return;
  use.told = true;
  use.told_run += run;
  use.told_wait += std::max(0.0, *after.cpu_wait_seconds - *before.cpu_wait_seconds);
}

// The processes that were there at both ends; what others did in between nobody saw.
void add_processes(const Sample& before, const Sample& after, Use& use) {
  std::map<std::int32_t, const ProcessUsage*> earlier;
  for (const ProcessUsage& process : before.processes)
    earlier[process.pid] = &process;
  for (const ProcessUsage& process : after.processes)
    if (const auto found = earlier.find(process.pid); found != earlier.end())
      add_process(*found->second, process, use);
}

double served_between(std::span<const Sample> samples) {
  double sum = 0;
  for (std::size_t i = 1; i < samples.size(); ++i)
    sum += static_cast<double>(serving(samples[i - 1]) + serving(samples[i])) / 2 *
           seconds_between(samples[i - 1], samples[i]);
  return sum;
}

bool is_busy(const HostUsage& a, const HostUsage& b) {
  return b.cpu_busy_seconds - a.cpu_busy_seconds >
         kFullProcessors * (b.cpu_total_seconds - a.cpu_total_seconds);
}

bool is_stopped(const HostUsage& a, const HostUsage& b) {
  return static_cast<double>(b.cpu_throttled - a.cpu_throttled) >
         kThrottled * static_cast<double>(b.cpu_periods - a.cpu_periods);
}

// `samples` are from one sweep to the next, in which the server ran for `run` seconds. Its quota is
// the server's own affair, and so is a busy host when most of that was its work.
void add_looks(std::span<const Sample> samples, double run, Use& use) {
  const double busy = samples.back().host.cpu_busy_seconds - samples.front().host.cpu_busy_seconds;
  const bool ours = run > kMostly * busy;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const HostUsage& a = samples[i - 1].host;
    const HostUsage& b = samples[i].host;
    ++use.looks;
    if ((ours && is_busy(a, b)) || is_stopped(a, b)) ++use.full;
  }
}

Use use_of(std::span<const Sample> samples) {
  Use use;
  std::optional<std::size_t> before;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].processes.empty()) continue;
    if (before && !restarted_between(samples[*before], samples[i])) {
      const double seconds = seconds_between(samples[*before], samples[i]);
      use.seconds += seconds;
      use.core_seconds += seconds * samples[i].host.cores;
      use.served_seconds += served_between(samples.subspan(*before, i - *before + 1));
      use.requests += static_cast<double>(samples[i].accesses - samples[*before].accesses);
      const double run_before = use.run;
      add_processes(samples[*before], samples[i], use);
      add_looks(samples.subspan(*before, i - *before + 1), use.run - run_before, use);
    }
    before = i;
  }
  return use;
}

}  // namespace

void add_processor_use(std::span<const Sample> samples, LoadObservation& load) {
  const Use use = use_of(samples);
  if (use.requests > 0) load.cpu_seconds_per_request = use.run / use.requests;
  if (use.core_seconds > 0) load.cpu_own_share = use.run / use.core_seconds;
  if (use.looks > 0)
    load.cpu_full_share = static_cast<double>(use.full) / static_cast<double>(use.looks);
  const double ready = use.told_run + use.told_wait;
  if (!use.told) return;
  if (ready >= kLeastReadySeconds) load.cpu_wait_share = use.told_wait / ready;
  // Work beside requests, as of the parent and of listeners, can make it more than all; where
  // there were none, none waited.
  load.cpu_ready_share = use.served_seconds > 0 ? std::min(1.0, ready / use.served_seconds) : 0;
}

}  // namespace mpm
