// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/model/report.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "agent/advise/model/replay.h"
#include "agent/advise/model/simulate.h"

namespace mpm::model {
namespace {

constexpr std::size_t kFewestSamples = 10;
constexpr std::size_t kMostPoints = 240;  // of a course

// A server that runs as the settings say when the changes are in force.
MpmSettings with_changes(MpmSettings settings, const std::vector<DirectiveChange>& changes) {
  for (const DirectiveChange& change : changes) {
    auto setting = std::ranges::find(settings.settings, change.directive, &Setting::directive);
    if (setting == settings.settings.end()) {
      Setting added;
      added.directive = change.directive;
      setting = settings.settings.insert(settings.settings.end(), std::move(added));
    }
    setting->value = change.to;
    setting->effective = change.to_effective;
  }
  return settings;
}

// Takes up one second into a course that has a point for every `step` of them.
void add(std::vector<SimulatedPoint>& course, std::size_t second, std::size_t step,
         const SimulatedPoint& point) {
  if (second % step == 0) course.emplace_back();
  SimulatedPoint& last = course.back();
  last.at_seconds = point.at_seconds;
  last.processes = std::max(last.processes, point.processes);
  last.busy = std::max(last.busy, point.busy);
  last.queue = std::max(last.queue, point.queue);
  last.memory = std::max(last.memory, point.memory);
}

std::size_t step_for(std::size_t seconds) {
  return std::max<std::size_t>(1, (seconds + kMostPoints - 1) / kMostPoints);
}

Bytes bytes(double amount) {
  return Bytes{static_cast<std::int64_t>(amount)};
}

SimulatedServer summed_up(const Simulated& run) {
  SimulatedServer server;
  server.requests = run.requests;
  server.failed = run.failed;
  server.refused = run.refused;
  server.waiting_p50_seconds = run.waiting.quantile_seconds(0.5);
  server.waiting_p95_seconds = run.waiting.quantile_seconds(0.95);
  server.waiting_p99_seconds = run.waiting.quantile_seconds(0.99);
  server.processes_max = run.most_processes;
  server.memory_max = bytes(run.most_bytes);
  const std::size_t step = step_for(run.seconds.size());
  for (std::size_t second = 0; second < run.seconds.size(); ++second) {
    const SecondSeen& seen = run.seconds[second];
    server.busy_max = std::max<std::int64_t>(server.busy_max, seen.children.busy);
    server.queue_max = std::max<std::int64_t>(server.queue_max, seen.queue);
    add(server.course, second, step,
        {static_cast<double>(second + 1), seen.children.processes, seen.children.busy, seen.queue,
         bytes(seen.children.bytes)});
  }
  return server;
}

SimulatedPoint point_of(const Sample& sample, Instant begin) {
  SimulatedPoint point;
  point.at_seconds = Seconds(sample.at - begin).count();
  point.processes = sample.tally.processes;
  point.busy = sample.tally.busy;
  point.queue = queue_of(sample.listeners);
  for (const ProcessUsage& process : sample.processes)
    if (!process.parent) point.memory += process.unique;
  return point;
}

SeenServer seen_server(std::span<const Sample> samples) {
  SeenServer server;
  const std::size_t step = step_for(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const SimulatedPoint point = point_of(samples[i], samples.front().at);
    server.busy_max = std::max(server.busy_max, point.busy);
    server.processes_max = std::max(server.processes_max, point.processes);
    server.queue_max = std::max(server.queue_max, point.queue);
    add(server.course, i, step, point);
    if (i == 0) continue;
    const Sample& before = samples[i - 1];
    server.requests += std::max<std::int64_t>(0, samples[i].accesses - before.accesses);
    server.refused += overflows_between(before, samples[i]);
  }
  return server;
}

bool counts_no_requests(const MpmSettings& settings) {
  const std::string* word = word_in_force(settings, "ExtendedStatus");
  return word != nullptr && *word == "Off";
}

// The server began with the children that it had.
Served from_there(Served served, const Sample& first) {
  const auto children = static_cast<std::int32_t>(first.tally.processes);
  served.pool.start_servers = std::clamp(children, 1, std::max(1, served.pool.max_children));
  return served;
}

std::vector<std::string> doubts(const Observation& seen, const SimulationReport& report) {
  std::vector<std::string> list;
  if (seen.load.cpu_busy_share > 0.85 && seen.load.cpu_seconds_per_request <= 0)
    list.push_back(fmt::format(
        "The processors were busy for {:.0f} % of the time, and more workers would make "
        "each request slower; what a request takes of them could not be read, so that the "
        "simulator does not know it.",
        100 * seen.load.cpu_busy_share));
  else if (seen.load.cpu_busy_share > 0.85)
    list.push_back(fmt::format(
        "The processors were busy for {:.0f} % of the time; how long a request would take if they "
        "were not is told best by a quieter hour, so take the rest with care.",
        100 * seen.load.cpu_busy_share));
  const auto seen_busy = static_cast<double>(report.seen.busy_max);
  const auto ours = static_cast<double>(report.as_it_is.busy_max);
  if (seen_busy >= 5 && (ours < 0.7 * seen_busy || ours > 1.4 * seen_busy))
    list.push_back(fmt::format(
        "At most {} workers were seen busy and {} are simulated: this load is not well described, "
        "so take the rest with care.",
        report.seen.busy_max, report.as_it_is.busy_max));
  return list;
}

}  // namespace

Result<SimulationReport> foretold(const Past& past, const std::vector<DirectiveChange>& changes) {
  const auto served = served_by(past.settings, past.seen);
  if (!served)
    return fail(
        Error::Kind::Usage,
        "Of the MPMs prefork, worker and event are simulated, and this server runs another.");
  if (past.seen.load.service_seconds <= 0 && counts_no_requests(past.settings))
    return fail(Error::Kind::Usage,
                "ExtendedStatus is Off, so that the server counts no requests and nobody can tell "
                "its load; mpmctl apply ExtendedStatus=On --allow restart turns it on. Then let "
                "the agent watch the server for a while.");
  if (past.samples.size() < kFewestSamples || past.seen.load.service_seconds <= 0)
    return fail(Error::Kind::Usage,
                fmt::format("{} samples with too few requests are no load to go by; let the agent "
                            "watch the server for longer.",
                            past.samples.size()));
  SimulationReport report;
  report.pid = past.seen.pid;
  report.mpm = served->pool.mpm;
  report.from = past.samples.front().at;
  report.span_seconds = past.seen.span_seconds;
  report.service_seconds = past.seen.load.service_seconds;
  report.service_cv2 = past.seen.load.service_cv2;
  report.directives = changes;
  report.seen = seen_server(past.samples);
  if (report.span_seconds > 0)
    report.requests_per_second = static_cast<double>(report.seen.requests) / report.span_seconds;
  const LoadShape load = load_of(past.samples, past.seen);
  report.as_it_is = summed_up(simulate(from_there(*served, past.samples.front()), load));
  report.changed = report.as_it_is;
  if (!changes.empty())
    if (const auto other = served_by(with_changes(past.settings, changes), past.seen))
      report.changed = summed_up(simulate(from_there(*other, past.samples.front()), load));
  report.remarks = doubts(past.seen, report);
  return report;
}

}  // namespace mpm::model
