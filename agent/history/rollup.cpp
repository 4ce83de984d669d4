// SPDX-License-Identifier: Apache-2.0
#include "agent/history/rollup.h"

#include <algorithm>
#include <cmath>

#include "agent/history/looks.h"

namespace mpm {
namespace {

std::int64_t milliseconds_of(double seconds) {
  return std::llround(seconds * 1000);
}

// What one look shows by itself.
void add_look(Rollup& rollup, const Sample& sample) {
  const std::int64_t queue = queue_of(sample.listeners);
  const std::int64_t connections = connections_of(sample);
  ++rollup.looks;
  rollup.worker_limit = std::max(rollup.worker_limit, sample.worker_limit);
  rollup.busy_sum += sample.tally.busy;
  rollup.busy_max = std::max(rollup.busy_max, sample.tally.busy);
  rollup.idle_sum += sample.tally.idle;
  rollup.keepalive_sum += sample.tally.keepalive;
  rollup.queue_sum += queue;
  rollup.queue_max = std::max(rollup.queue_max, queue);
  rollup.connections_sum += connections;
  rollup.connections_max = std::max(rollup.connections_max, connections);
  rollup.processes_sum += sample.tally.processes;
  rollup.oldest_ms = std::max(rollup.oldest_ms, milliseconds_of(sample.work.age_max_seconds));
  const Bytes available = sample.host.memory_available;
  if (rollup.looks == 1 || available < rollup.memory_available_min)
    rollup.memory_available_min = available;
  rollup.busy.add(static_cast<double>(sample.tally.busy));
  rollup.queue.add(static_cast<double>(queue));
  if (sample.work.finished > 0) {
    rollup.finished += sample.work.finished;
    rollup.duration_sum_ms += milliseconds_of(sample.work.duration_sum_seconds);
    rollup.duration.add(
        sample.work.duration_sum_seconds / static_cast<double>(sample.work.finished),
        sample.work.finished);
  }
  if (sample.processes.empty()) return;
  Bytes memory;
  for (const ProcessUsage& process : sample.processes)
    memory += process.pss;
  ++rollup.sweeps;
  rollup.memory_sum += memory;
  rollup.memory_max = std::max(rollup.memory_max, memory);
}

// What it shows together with the one before.
void add_step(Rollup& rollup, const Sample& before, const Sample& sample, double longest) {
  const Between step = between(before, sample, longest);
  if (step.restarted) ++rollup.restarts;
  if (step.reloaded) ++rollup.reloads;
  if (!step.comparable) return;
  rollup.seconds += step.seconds;
  rollup.requests += step.requests;
  rollup.arrivals += std::llround(step.arrivals);
  rollup.bytes += step.bytes;
  rollup.children_started += step.children_started;
  rollup.children_ended += step.children_ended;
  rollup.overflows += step.overflows;
  if (is_pinned(sample, sample.worker_limit)) {
    rollup.saturated_seconds += step.seconds;
    rollup.saturated_requests += step.requests;
  }
  if (is_deaf(sample)) rollup.deaf_seconds += step.seconds;
  rollup.cpu_busy_ms += milliseconds_of(step.cpu_busy_seconds);
  rollup.cpu_total_ms += milliseconds_of(step.cpu_total_seconds);
  rollup.rate.add(static_cast<double>(step.requests) / step.seconds);
}

}  // namespace

void merge(Rollup& into, const Rollup& more) {
  if (into.looks == 0 || (more.looks > 0 && more.memory_available_min < into.memory_available_min))
    into.memory_available_min = more.memory_available_min;
  into.looks += more.looks;
  into.seconds += more.seconds;
  into.requests += more.requests;
  into.arrivals += more.arrivals;
  into.bytes += more.bytes;
  into.children_started += more.children_started;
  into.children_ended += more.children_ended;
  into.overflows += more.overflows;
  into.restarts += more.restarts;
  into.reloads += more.reloads;
  into.saturated_seconds += more.saturated_seconds;
  into.saturated_requests += more.saturated_requests;
  into.deaf_seconds += more.deaf_seconds;
  into.worker_limit = std::max(into.worker_limit, more.worker_limit);
  into.busy_sum += more.busy_sum;
  into.busy_max = std::max(into.busy_max, more.busy_max);
  into.idle_sum += more.idle_sum;
  into.keepalive_sum += more.keepalive_sum;
  into.queue_sum += more.queue_sum;
  into.queue_max = std::max(into.queue_max, more.queue_max);
  into.connections_sum += more.connections_sum;
  into.connections_max = std::max(into.connections_max, more.connections_max);
  into.processes_sum += more.processes_sum;
  into.oldest_ms = std::max(into.oldest_ms, more.oldest_ms);
  into.finished += more.finished;
  into.duration_sum_ms += more.duration_sum_ms;
  into.cpu_busy_ms += more.cpu_busy_ms;
  into.cpu_total_ms += more.cpu_total_ms;
  into.sweeps += more.sweeps;
  into.memory_sum += more.memory_sum;
  into.memory_max = std::max(into.memory_max, more.memory_max);
  into.busy.merge(more.busy);
  into.queue.merge(more.queue);
  into.rate.merge(more.rate);
  into.duration.merge(more.duration);
}

Instant beginning_of(Instant at, std::chrono::milliseconds length) {
  const std::int64_t time = at.time_since_epoch().count();
  const std::int64_t into = ((time % length.count()) + length.count()) % length.count();
  return at - std::chrono::milliseconds(into);
}

std::vector<Rollup> rolled_up(std::span<const Sample> samples, Instant from,
                              std::chrono::milliseconds length) {
  const double longest = longest_gap(samples);
  std::vector<Rollup> rollups;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].at < from) continue;
    const Instant at = beginning_of(samples[i].at, length);
    if (rollups.empty() || rollups.back().at != at) rollups.emplace_back().at = at;
    add_look(rollups.back(), samples[i]);
    if (i > 0) add_step(rollups.back(), samples[i - 1], samples[i], longest);
  }
  return rollups;
}

std::vector<Rollup> merged(std::span<const Rollup> rollups, std::chrono::milliseconds length) {
  std::vector<Rollup> longer;
  for (const Rollup& rollup : rollups) {
    const Instant at = beginning_of(rollup.at, length);
    if (longer.empty() || longer.back().at != at) longer.emplace_back().at = at;
    merge(longer.back(), rollup);
  }
  return longer;
}

}  // namespace mpm
