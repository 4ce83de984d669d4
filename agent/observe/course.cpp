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
// Looks beside those that were full count as calm, unless a request takes so many times as long
// with them as without.
constexpr std::size_t kApart = 3;
constexpr double kHardlyCalm = 2;
constexpr std::size_t kLongestRise = 10;
constexpr double kNearlyAll = 0.999;

struct Served {
  double seconds = 0;    // of all requests together
  double completed = 0;  // requests
};

// By step: that ended with `b`, and that nothing was full in it.
bool is_calm(const Sample& a, const Sample& b, const Between& step, std::int64_t limit) {
  if (is_pinned(a, limit) || is_pinned(b, limit)) return false;
  return step.cpu_busy_seconds <= kCalmProcessors * step.cpu_total_seconds;
}

// Little's law over the calm looks that are more than `apart` looks from any other: nearer to these
// some only happened to miss what was full, with hundreds of requests inside.
double calm_service_seconds(std::span<const Sample> samples, double longest, std::int64_t limit,
                            std::size_t apart) {
  double seconds = 0;
  double completed = 0;
  std::vector<Served> lull;   // not known yet whether it stays one
  std::size_t since = apart;  // the last that was not calm, in looks
  const auto take = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      seconds += lull[i].seconds;
      completed += lull[i].completed;
    }
    lull.clear();
  };
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const Between step = between(samples[i - 1], samples[i], longest);
    if (!step.comparable || step.restarted) continue;
    if (!is_calm(samples[i - 1], samples[i], step, limit)) {
      take(lull.size() > apart ? lull.size() - apart : 0);
      since = 0;
      continue;
    }
    if (since++ < apart) continue;
    const auto serves =
        static_cast<double>(serving(samples[i - 1]) + serving(samples[i])) / 2 * step.seconds;
    lull.push_back({serves, static_cast<double>(step.requests)});
  }
  take(lull.size());
  return completed >= kFewestCompletions ? seconds / completed : 0;
}

double calm_service_seconds(std::span<const Sample> samples, double longest, std::int64_t limit) {
  const double beside = calm_service_seconds(samples, longest, limit, 0);
  const double apart = calm_service_seconds(samples, longest, limit, kApart);
  return apart > 0 && beside > kHardlyCalm * apart ? apart : beside;
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
  load.calm_service_seconds = calm_service_seconds(samples, longest, limit);
  const double service =
      load.calm_service_seconds > 0 ? load.calm_service_seconds : load.service_seconds;
  if (service > 0) load.offered = distribution_of(offered_course(samples, longest, service));
  if (longest <= 3 * static_cast<double>(kLongestRise)) load.rises = rises_of(samples, longest);
  load.plateau = plateau_of(samples, longest);
}

}  // namespace mpm
