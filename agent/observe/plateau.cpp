// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/plateau.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
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
  std::int64_t turned_away = 0;
};

std::vector<Step> steps_of(std::span<const Sample> samples, double longest) {
  std::vector<Step> steps;
  steps.reserve(samples.size());
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const Between step = between(samples[i - 1], samples[i], longest);
    if (!step.comparable || step.restarted) continue;
    steps.push_back({static_cast<double>(serving(samples[i - 1]) + serving(samples[i])) / 2,
                     static_cast<double>(step.requests) / step.seconds,
                     step.arrivals / step.seconds, step.overflows});
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

// What came and what ended while the number of the busy rose: from near the calmest of the looks to
// a quarter of the most, within so many looks. Later nobody knows: clients that were turned away
// come again. Where none were, and no rise was as short, a longer one tells what came.
constexpr std::size_t kLongestOnset = 20;
constexpr std::size_t kLongestSlowOnset = 200;
constexpr double kFarUp = 0.25;

struct Onset {
  double arrivals = 0;  // a second
  double workers = 0;   // that would serve what ended in the best look, at the pace of before
  double rises = 0;     // that there were

  void add(const Onset& other) {
    arrivals += other.arrivals;
    workers += other.workers;
    rises += other.rises;
  }
};

// By Little's law, in the looks up to `until`.
double seconds_before(std::span<const Step> steps, std::size_t until) {
  const std::size_t from = until + 1 - std::min(until + 1, kLongestOnset);
  double workers = 0;
  double per_second = 0;
  for (const Step& step : steps.subspan(from, until + 1 - from)) {
    workers += step.workers;
    per_second += step.per_second;
  }
  return per_second > 0 ? workers / per_second : 0;
}

// The looks after the one at `from`, as far as `to`. Too many of them: no rise.
Onset rise_of(std::span<const Step> steps, std::size_t from, std::size_t to) {
  Onset rise{.rises = 1};
  double best = 0;
  std::int64_t turned_away = 0;
  for (const Step& step : steps.subspan(from + 1, to - from)) {
    rise.arrivals += step.arrivals / static_cast<double>(to - from);
    best = std::max(best, step.per_second);
    turned_away += step.turned_away;
  }
  if (to - from <= kLongestOnset)
    rise.workers = best * seconds_before(steps, from);
  else if (to - from > kLongestSlowOnset || turned_away > 0)
    return {};
  return rise;
}

// The mean of all such rises.
Onset onset_of(std::span<const Step> steps, const Step& calmest, const Step& most) {
  const double near = kFarBeyond * calmest.workers;
  const double far = std::max(kFarBeyond * near, kFarUp * most.workers);
  Onset fast;
  Onset slow;
  std::size_t left = steps.size();  // the last look of a calm; none yet
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].workers <= near) left = i;
    if (steps[i].workers < far || left == steps.size()) continue;
    (i - left <= kLongestOnset ? fast : slow).add(rise_of(steps, left, i));
    left = steps.size();
  }
  const Onset& sum = fast.rises > 0 ? fast : slow;
  if (sum.rises == 0) return {};
  return {sum.arrivals / sum.rises, sum.workers / sum.rises, sum.rises};
}

// What ended, a second, while many became few: from below nine tenths of a height until fewer than
// half of the most are left. At the height itself it may only stand still.
constexpr double kStillHigh = 0.9;
constexpr double kFaded = 0.5;
constexpr double kFewestFading = 5;

double fading_of(std::span<const Step> steps, const Step& most) {
  const double few = kFaded * most.workers;
  double ended = 0;
  double looks = 0;
  double height = 0;  // 0: few
  double ended_since = 0;
  double looks_since = 0;
  for (const Step& step : steps) {
    if (height == 0 && step.workers < few) continue;
    if (step.workers >= kStillHigh * height) {
      height = std::max(height, step.workers);
      ended_since = looks_since = 0;
      continue;
    }
    ended_since += step.per_second;
    ++looks_since;
    if (step.workers >= few) continue;
    ended += ended_since;
    looks += looks_since;
    height = 0;
  }
  return looks < kFewestFading ? 0 : ended / looks;
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
  const Step& least = bins.front();
  if (best <= 0 || least.workers > kLongestRequest * usual_step(longest_gap) * least.per_second)
    return std::nullopt;
  const double beyond = most.workers - first->workers;
  if (most.workers < kFarBeyond * first->workers ||
      beyond < kDeviations * std::sqrt(std::max(1.0, mean_workers(bins))))
    return std::nullopt;
  const Onset onset = onset_of(steps, least, most);
  return Plateau{
      .workers = first->workers,
      .per_second = first->per_second,
      .best_per_second = best,
      .end_workers = last->workers,
      .onset_arrivals = onset.arrivals,
      .most_workers = most.workers,
      .most_per_second = most.per_second,
      .onset_workers = onset.workers,
      .fading_per_second = fading_of(steps, most),
  };
}

}  // namespace mpm
