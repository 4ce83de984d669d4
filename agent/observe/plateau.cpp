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
constexpr double kDeviations = 4;
constexpr double kLongestRequest = 2;  // in looks

struct Step {
  double workers = 0;
  double per_second = 0;
};

std::vector<Step> steps_of(std::span<const Sample> samples, double longest) {
  std::vector<Step> steps;
  steps.reserve(samples.size());
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const Between step = between(samples[i - 1], samples[i], longest);
    if (!step.comparable || step.restarted) continue;
    steps.push_back({static_cast<double>(serving(samples[i - 1]) + serving(samples[i])) / 2,
                     static_cast<double>(step.requests) / step.seconds});
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

// Seconds between two looks, as they mostly are.
double usual_step(double longest_gap) {
  return longest_gap / 3;
}

}  // namespace

std::optional<Plateau> plateau_of(std::span<const Sample> samples, double longest_gap) {
  std::vector<Step> steps = steps_of(samples, longest_gap);
  if (steps.size() < kBins * kFewestInABin) return std::nullopt;
  const std::vector<Step> bins = binned(std::move(steps));
  const double best = std::ranges::max(bins, {}, &Step::per_second).per_second;
  const auto first =
      std::ranges::find_if(bins, [&](const Step& bin) { return bin.per_second >= kAsGood * best; });
  const Step& most = bins.back();
  if (best <= 0 || first->workers > kLongestRequest * usual_step(longest_gap) * best)
    return std::nullopt;
  const double beyond = most.workers - first->workers;
  if (most.workers < kFarBeyond * first->workers ||
      beyond < kDeviations * std::sqrt(std::max(1.0, first->workers)))
    return std::nullopt;
  return Plateau{first->workers, best, most.workers, most.per_second};
}

}  // namespace mpm
