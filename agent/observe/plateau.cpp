// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/plateau.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "agent/history/looks.h"

namespace mpm {
namespace {

constexpr std::size_t kBins = 10;
constexpr std::size_t kFewestInABin = 20;
// Of the best throughput: as much is as good.
constexpr double kAsGood = 0.93;
constexpr double kFarBeyond = 1.5;
// More at once by a fifth must bring a twentieth more throughput, or it is not worth them.
constexpr double kWorthMore = 0.05 / 0.2;
constexpr double kDeviations = 4;
constexpr double kLongestRequest = 2;  // in looks

struct Step {
  double workers = 0;
  double per_second = 0;
  double arrivals = 0;  // a second
};

std::vector<Step> steps_of(std::span<const Sample> samples, double longest) {
  std::vector<Step> steps;
  steps.reserve(samples.size());
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const Between step = between(samples[i - 1], samples[i], longest);
    if (!step.comparable || step.restarted) continue;
    steps.push_back({static_cast<double>(serving(samples[i - 1]) + serving(samples[i])) / 2,
                     static_cast<double>(step.requests) / step.seconds,
                     step.arrivals / step.seconds});
  }
  return steps;
}

// Bins of equally many steps, by the number of workers; each as its mean.
std::vector<Step> binned(std::vector<Step> steps) {
  std::ranges::sort(steps, {}, &Step::workers);
  std::vector<Step> bins(kBins);
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    const std::size_t from = bin * steps.size() / kBins;
    const std::size_t to = (bin + 1) * steps.size() / kBins;
    const auto count = static_cast<double>(to - from);
    for (std::size_t i = from; i < to; ++i) {
      bins[bin].workers += steps[i].workers / count;
      bins[bin].per_second += steps[i].per_second / count;
    }
  }
  return bins;
}

// Throughput at the plateau: that of the bin that is far below the last one, where the last one
// brought too little more; else the best one, near which the last may not be far beyond.
double level_of(const std::vector<Step>& bins, double best) {
  const Step& most = bins.back();
  const auto below = std::find_if(bins.rbegin(), bins.rend(), [&](const Step& bin) {
    return bin.workers * kFarBeyond <= most.workers;
  });
  if (below == bins.rend() || below->workers <= 0) return best;
  const double more = most.workers / below->workers - 1;
  const bool too_little = most.per_second < below->per_second * (1 + kWorthMore * more);
  return too_little ? below->per_second : best;
}

// What came while the number of the busy rose, look by look, from the plateau to far beyond it.
// Later nobody knows: clients that were turned away come again.
double onset_arrivals(const std::vector<Step>& steps, double end_workers) {
  double arrivals = 0;
  double rising = 0;
  for (std::size_t i = 1; i < steps.size(); ++i) {
    if (steps[i - 1].workers > end_workers || steps[i].workers < kFarBeyond * end_workers) continue;
    arrivals += steps[i].arrivals;
    ++rising;
  }
  return rising > 0 ? arrivals / rising : 0;
}

double mean_workers(const std::vector<Step>& bins) {
  double sum = 0;
  for (const Step& bin : bins)
    sum += bin.workers;
  return sum / static_cast<double>(bins.size());
}

// Seconds between two looks, as they mostly are.
double usual_step(double longest_gap) {
  return longest_gap / 3;
}

}  // namespace

std::optional<Plateau> plateau_of(std::span<const Sample> samples, double longest_gap) {
  const std::vector<Step> steps = steps_of(samples, longest_gap);
  if (steps.size() < kBins * kFewestInABin) return std::nullopt;
  const std::vector<Step> bins = binned(steps);
  const double best = std::ranges::max(bins, {}, &Step::per_second).per_second;
  const double level = level_of(bins, best);
  const auto first = std::ranges::find_if(
      bins, [&](const Step& bin) { return bin.per_second >= kAsGood * level; });
  const auto last = std::find_if(bins.rbegin(), bins.rend(),
                                 [&](const Step& bin) { return bin.per_second >= kAsGood * best; });
  const Step& most = bins.back();
  if (best <= 0 || first->workers > kLongestRequest * usual_step(longest_gap) * best)
    return std::nullopt;
  const double beyond = most.workers - first->workers;
  if (most.workers < kFarBeyond * first->workers ||
      beyond < kDeviations * std::sqrt(std::max(1.0, mean_workers(bins))))
    return std::nullopt;
  return Plateau{.workers = first->workers,
                 .per_second = first->per_second,
                 .best_per_second = best,
                 .end_workers = last->workers,
                 .onset_arrivals = onset_arrivals(steps, last->workers),
                 .most_workers = most.workers,
                 .most_per_second = most.per_second};
}

}  // namespace mpm
