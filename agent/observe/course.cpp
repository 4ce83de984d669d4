// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/course.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "agent/history/looks.h"
#include "agent/observe/distribution.h"
#include "agent/observe/plateau.h"

namespace mpm {
namespace {

// Below this share the processors make nobody wait for long.
constexpr double kCalmProcessors = 0.85;
constexpr double kFewestCompletions = 20;
// A time of a request that is so many times as long as with the fewest inside is not a calm's.
constexpr double kHardlyCalm = 4;
// Of the steps with a free worker, so many with full processors are no chance.
constexpr double kFullAtTimes = 0.03;
constexpr std::size_t kLongestRise = 10;
constexpr double kNearlyAll = 0.999;

// A step, for Little's law.
struct Served {
  double workers = 0;    // with a request, on average
  double seconds = 0;    // of all requests together
  double completed = 0;  // requests
  bool calm = false;     // no worker and no processor was wanting
};

// Those in which some worker was free.
std::vector<Served> served_in(std::span<const Sample> samples, double longest, std::int64_t limit) {
  std::vector<Served> steps;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const Sample& a = samples[i - 1];
    const Sample& b = samples[i];
    const Between step = between(a, b, longest);
    if (!step.comparable || step.restarted || is_pinned(a, limit) || is_pinned(b, limit)) continue;
    const double workers = static_cast<double>(serving(a) + serving(b)) / 2;
    steps.push_back({workers, workers * step.seconds, static_cast<double>(step.requests),
                     step.cpu_busy_seconds <= kCalmProcessors * step.cpu_total_seconds});
  }
  return steps;
}

// 0: too few ended.
double seconds_each(std::span<const Served> steps) {
  double seconds = 0;
  double completed = 0;
  for (const Served& step : steps) {
    seconds += step.seconds;
    completed += step.completed;
  }
  return completed >= kFewestCompletions ? seconds / completed : 0;
}

// Where the processors are full at times, a step in the middle of that may happen to miss it, with
// hundreds of requests inside; or no step is calm. What tells then is the tenth with the fewest
// inside.
double calm_service_seconds(std::span<const Sample> samples, double longest, std::int64_t limit,
                            double usual) {
  std::vector<Served> steps = served_in(samples, longest, limit);
  const auto full = std::stable_partition(steps.begin(), steps.end(),
                                          [](const Served& step) { return step.calm; });
  const double calm = seconds_each({steps.begin(), full});
  if (static_cast<double>(steps.end() - full) <= kFullAtTimes * static_cast<double>(steps.size()))
    return calm;
  std::ranges::sort(steps, {}, &Served::workers);
  const double least = seconds_each(std::span(steps).first(steps.size() / 10));
  return least > 0 && (calm > 0 ? calm : usual) > kHardlyCalm * least ? least : calm;
}

std::vector<double> offered_course(std::span<const Sample> samples, double longest,
                                   double service_seconds) {
  std::vector<double> course;
  course.reserve(samples.size());
  double offered = static_cast<double>(serving(samples.front()));
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const Between step = between(samples[i - 1], samples[i], longest);
    if (!step.comparable || step.restarted) {
      offered = static_cast<double>(serving(samples[i]));
      continue;
    }
    const double stays = std::exp(-step.seconds / service_seconds);
    const double rate = std::max(0.0, step.arrivals / step.seconds);
    offered = offered * stays + rate * service_seconds * (1 - stays);
    course.push_back(offered);
  }
  return course;
}

double wanted(const Sample& sample) {
  return static_cast<double>(serving(sample) + queue_of(sample.listeners));
}

// By how much the load was higher `seconds` later.
std::vector<double> rises_within(std::span<const Sample> samples, const std::vector<double>& load,
                                 double seconds, double longest) {
  std::vector<double> rises;
  rises.reserve(samples.size());
  std::size_t later = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    while (later < samples.size() && seconds_between(samples[i], samples[later]) < seconds)
      ++later;
    if (later == samples.size()) break;
    if (seconds_between(samples[i], samples[later]) <= seconds + longest)
      rises.push_back(load[later] - load[i]);
  }
  return rises;
}

std::vector<double> rises_of(std::span<const Sample> samples, double longest) {
  std::vector<double> load;
  load.reserve(samples.size());
  for (const Sample& sample : samples)
    load.push_back(wanted(sample));
  std::vector<double> largest;
  for (std::size_t seconds = 1; seconds <= kLongestRise; ++seconds) {
    auto rises = rises_within(samples, load, static_cast<double>(seconds), longest);
    // The window is shorter than that.
    if (rises.empty()) break;
    // A rise within a second is one within two as well.
    const double rise = std::max(0.0, quantile(std::move(rises), kNearlyAll));
    largest.push_back(largest.empty() ? rise : std::max(rise, largest.back()));
  }
  return largest;
}

}  // namespace

void add_course(std::span<const Sample> samples, std::int64_t limit, LoadObservation& load) {
  const double longest = longest_gap(samples);
  load.calm_service_seconds = calm_service_seconds(samples, longest, limit, load.service_seconds);
  const double service =
      load.calm_service_seconds > 0 ? load.calm_service_seconds : load.service_seconds;
  if (service > 0) load.offered = distribution_of(offered_course(samples, longest, service));
  if (longest <= 3 * static_cast<double>(kLongestRise)) load.rises = rises_of(samples, longest);
  load.plateau = plateau_of(samples, longest);
}

}  // namespace mpm
