// SPDX-License-Identifier: Apache-2.0
#include "agent/service/status.h"

#include <algorithm>

#include "agent/proc/losses.h"
#include "agent/service/verdict.h"

namespace mpm {
namespace {

WorkerCounts workers_of(const Sample& sample) {
  const Tally& tally = sample.tally;
  return {.busy = tally.busy,
          .idle = tally.idle,
          .limit = sample.worker_limit,
          .starting = tally.starting,
          .finishing = tally.finishing,
          .deaf = tally.deaf,
          .reading = tally.reading,
          .writing = tally.writing,
          .keepalive = tally.keepalive};
}

std::optional<MemoryCounts> memory_of(const Sample& sample) {
  if (sample.processes.empty()) return std::nullopt;
  MemoryCounts counts;
  for (const ProcessUsage& process : sample.processes) {
    ++counts.processes;
    counts.threads += process.threads;
    counts.pss += process.pss;
    counts.unique += process.unique;
    counts.rss += process.rss;
    if (!process.parent) counts.largest_peak = std::max(counts.largest_peak, process.peak);
  }
  return counts;
}

// Counters go back when the server was restarted in between; then there is no rate.
std::optional<double> rate(const Sample& first, const Sample& second) {
  const double span = Seconds(second.at - first.at).count();
  if (span <= 0 || second.accesses < first.accesses || second.restarted != first.restarted)
    return std::nullopt;
  return static_cast<double>(second.accesses - first.accesses) / span;
}

}  // namespace

TargetStatus status_of(const Target& target, const Look& first, const std::optional<Look>& second) {
  const Look& last = second ? *second : first;
  const Sample& sample = last.sample;

  TargetStatus status;
  status.pid = target.pid;
  status.url = target.url;
  status.version = target.version;
  status.mpm = target.mpm;
  status.source = sample.source;
  status.sources = last.sources;
  status.workers = workers_of(sample);
  status.processes = {sample.tally.processes, sample.tally.processes_old,
                      sample.tally.processes_deaf};
  status.memory = memory_of(first.sample);
  status.listeners = sample.listeners;
  status.accesses = sample.accesses;
  status.bytes = sample.bytes;
  status.generation = sample.generation;
  status.restarted = sample.restarted;
  if (second) status.requests_per_second = rate(first.sample, second->sample);
  if (sample.work.running > 0) status.oldest_request_seconds = sample.work.age_max_seconds;
  status.losses = target.losses;
  for (const Look* look : {&first, &last})
    for (const std::string& loss : look->losses)
      add_loss(status.losses, loss);

  Verdict verdict = judge(status);
  status.health = verdict.health;
  status.verdict = std::move(verdict.sentence);
  return status;
}

}  // namespace mpm
