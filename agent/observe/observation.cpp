// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/observation.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <variant>
#include <vector>

#include "agent/history/looks.h"
#include "agent/observe/course.h"
#include "agent/observe/distribution.h"
#include "agent/observe/memory.h"
#include "agent/observe/processor.h"

namespace mpm {
namespace {

constexpr std::int64_t kFewestAges = 50;
constexpr std::int64_t kFewestFirst = 50;
constexpr std::int64_t kFewestCompletions = 20;
// How far chance takes a squared coefficient of variation below 0.
constexpr double kAlmostNone = 0.1;

template <class Number>
Distribution over(std::span<const Sample> samples, Number&& number) {
  std::vector<double> values;
  values.reserve(samples.size());
  for (const Sample& sample : samples)
    values.push_back(static_cast<double>(number(sample)));
  return distribution_of(std::move(values));
}

template <class Condition>
double share(std::span<const Sample> samples, Condition&& condition) {
  if (samples.empty()) return 0;
  return static_cast<double>(std::ranges::count_if(samples, condition)) /
         static_cast<double>(samples.size());
}

// What changed between neighbours, over the time in which they can be compared.
struct Flow {
  double seconds = 0;
  double completed = 0;
  double pinned_seconds = 0;
  double pinned_completed = 0;
  double arrived = 0;
  double cpu_busy = 0;
  double cpu_total = 0;
  double cpu_periods = 0;
  double cpu_throttled = 0;
  std::int64_t overflows = 0;
  std::int64_t restarts = 0;
};

// Another quota has counters of its own.
double grown(std::int64_t before, std::int64_t after) {
  return static_cast<double>(std::max<std::int64_t>(0, after - before));
}

Flow flow_of(std::span<const Sample> samples, std::int64_t limit) {
  const double longest = longest_gap(samples);
  Flow flow;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const Sample& a = samples[i - 1];
    const Sample& b = samples[i];
    if (restarted_between(a, b)) ++flow.restarts;
    const Between step = between(a, b, longest);
    // What a server that began anew has served says little about its workers.
    if (!step.comparable || step.restarted) continue;
    flow.seconds += step.seconds;
    flow.completed += static_cast<double>(step.requests);
    if (is_pinned(b, limit)) {
      flow.pinned_seconds += step.seconds;
      flow.pinned_completed += static_cast<double>(step.requests);
    }
    flow.arrived += step.arrivals;
    flow.overflows += step.overflows;
    flow.cpu_busy += step.cpu_busy_seconds;
    flow.cpu_total += step.cpu_total_seconds;
    flow.cpu_periods += grown(a.host.cpu_periods, b.host.cpu_periods);
    flow.cpu_throttled += grown(a.host.cpu_throttled, b.host.cpu_throttled);
  }
  return flow;
}

// The mean time a request holds its worker, by Little's law; with few completions, the
// durations that the slots show.
void add_service_time(std::span<const Sample> samples, const Flow& flow, LoadObservation& load) {
  double ages = 0;
  std::int64_t running = 0;
  std::int64_t first = 0;
  double durations = 0;
  std::int64_t finished = 0;
  for (const Sample& sample : samples) {
    ages += sample.work.age_sum_seconds;
    running += sample.work.running;
    first += sample.work.running_first;
    durations += sample.work.duration_sum_seconds;
    finished += sample.work.finished;
    if (!sample.work.waiting_by_age.empty()) load.waiting_by_age.resize(kWaitingAges.size() + 1);
    const auto& waiting = sample.work.waiting_by_age;
    for (std::size_t i = 0; i < std::min(waiting.size(), load.waiting_by_age.size()); ++i)
      load.waiting_by_age[i] += waiting[i];
    load.oldest_request_seconds =
        std::max(load.oldest_request_seconds, sample.work.age_max_seconds);
  }
  if (flow.completed >= kFewestCompletions && flow.seconds > 0)
    load.service_seconds = over(samples, serving).mean / (flow.completed / flow.seconds);
  else if (finished > 0)
    load.service_seconds = durations / static_cast<double>(finished);
  // Of those that are served at random moments so many are the first of their connection.
  if (first >= kFewestFirst)
    load.requests_per_connection = static_cast<double>(running) / static_cast<double>(first);
  // A request seen at a random moment is a long one more often: mean age = E[S^2] / (2 E[S]).
  if (running < kFewestAges || load.service_seconds <= 0) return;
  const double variation = 2 * (ages / static_cast<double>(running)) / load.service_seconds - 1;
  // Much below 0, and these are not the ages of requests.
  if (variation > -kAlmostNone) load.service_cv2 = std::max(kLeastVariation, variation);
}

LoadObservation load_of(std::span<const Sample> samples, const Flow& flow, std::int64_t limit) {
  LoadObservation load;
  load.busy = over(samples, [](const Sample& s) { return s.tally.busy - s.tally.keepalive; });
  load.keepalive = over(samples, [](const Sample& s) { return s.tally.keepalive; });
  load.idle = over(samples, [](const Sample& s) { return s.tally.idle; });
  load.queue = over(samples, [](const Sample& s) { return queue_of(s.listeners); });
  load.connections = over(samples, connections_of);

  load.pinned_share = share(samples, [&](const Sample& s) { return is_pinned(s, limit); });
  load.ramping_share = share(samples, [&](const Sample& s) {
    return s.tally.idle == 0 && s.tally.busy > 0 && !is_pinned(s, limit) &&
           queue_of(s.listeners) > 0;
  });
  load.deaf_share = share(samples, is_deaf);
  load.old_generation_share =
      share(samples, [](const Sample& s) { return s.tally.processes_old > 0; });
  for (const Sample& sample : samples)
    load.old_processes_max = std::max(load.old_processes_max, sample.tally.processes_old);

  load.overflows = flow.overflows;
  if (flow.pinned_seconds > 0) load.pinned_per_second = flow.pinned_completed / flow.pinned_seconds;
  if (flow.seconds > 0) {
    load.completed_per_second = flow.completed / flow.seconds;
    load.arrived_per_second = std::max(0.0, flow.arrived / flow.seconds);
  }
  if (flow.cpu_total > 0) load.cpu_busy_share = flow.cpu_busy / flow.cpu_total;
  if (flow.cpu_periods > 0) load.cpu_throttled_share = flow.cpu_throttled / flow.cpu_periods;
  add_processor_use(samples, load);
  add_service_time(samples, flow, load);
  add_course(samples, limit, load);
  return load;
}

std::optional<std::int64_t> written_number(const Setting& setting) {
  if (!setting.value) return std::nullopt;
  std::int64_t value = 0;
  const char* begin = setting.value->data();
  if (std::from_chars(begin, begin + setting.value->size(), value).ec != std::errc())
    return std::nullopt;
  return value;
}

// Numbers, and On and Off as 1 and 0; other words are of no use to a rule.
std::vector<SettingObservation> settings_of(const MpmSettings& settings) {
  std::vector<SettingObservation> list;
  for (const Setting& setting : settings.settings) {
    SettingObservation seen;
    seen.directive = setting.directive;
    seen.configured = setting.value.has_value();
    if (const auto* number = std::get_if<std::int64_t>(&setting.effective)) {
      seen.effective = *number;
      seen.written = written_number(setting).value_or(*number);
    } else {
      const auto& word = std::get<std::string>(setting.effective);
      const bool on = word == "On" || word == "on";
      if (!on && word != "Off" && word != "off") continue;
      seen.effective = seen.written = on ? 1 : 0;
    }
    list.push_back(std::move(seen));
  }
  return list;
}

}  // namespace

Observation observe(std::span<const Sample> samples, const MpmSettings& settings) {
  Observation seen;
  seen.pid = settings.pid;
  seen.mpm = settings.mpm;
  seen.basis = settings.basis;
  seen.settings = settings_of(settings);
  seen.worker_limit = settings.worker_limit;
  seen.samples = static_cast<std::int64_t>(samples.size());
  if (samples.empty()) return seen;

  const Sample& last = samples.back();
  seen.source = last.source;
  seen.span_seconds = seconds_between(samples.front(), last);
  if (seen.worker_limit == 0) seen.worker_limit = last.worker_limit;
  seen.host = last.host;
  for (const Sample& sample : samples)
    if (sample.host.memory_total.value > 0)
      seen.host.memory_available =
          std::min(seen.host.memory_available, sample.host.memory_available);

  const Flow flow = flow_of(samples, seen.worker_limit);
  seen.restarts = flow.restarts;
  seen.load = load_of(samples, flow, seen.worker_limit);
  seen.memory = memory_of(samples);
  return seen;
}

}  // namespace mpm
