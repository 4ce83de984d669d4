// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/demand.h"

#include <algorithm>
#include <cmath>

namespace mpm::advise {
namespace {

constexpr double kPinnedShare = 0.02;
// Peakedness of arrivals when it is not known, and how far above the mean chance goes.
constexpr double kPeakedness = 1.2;
constexpr double kDeviations = 3;
constexpr double kTwiceCounted = 1.5;
constexpr double kMargin = 1.1;
constexpr double kSpare = 2;

}  // namespace

bool is_pinned(const Observation& seen) {
  return seen.load.pinned_share > kPinnedShare;
}

Demand demand_of(const Observation& seen) {
  const LoadObservation& load = seen.load;
  Demand demand;
  demand.keepalive = load.keepalive.p95;
  if (seen.past) demand.past = seen.past->workers * kMargin + kSpare;
  const double seen_at_peak = load.busy.p99 * kMargin + kSpare;
  if (!is_pinned(seen)) {
    demand.workers = seen_at_peak;
    demand.low = load.busy.p99;
    demand.high = std::max(seen_at_peak, load.busy.max * kMargin + kSpare);
    return demand;
  }
  demand.censored = true;
  const double offered = load.arrived_per_second * load.service_seconds;
  const double peak = std::max(offered, load.offered.p99);
  const double by_arrivals =
      peak > 0 ? peak + kDeviations * std::sqrt(kPeakedness * peak) + kSpare : 0;
  // What waits in the kernel came in over a time that nobody saw; how much there is of it says
  // nothing about how many workers would have kept it away.
  demand.low = std::max(load.busy.p99, offered);
  demand.workers = std::max(by_arrivals, seen_at_peak);
  demand.high = kTwiceCounted * demand.workers;
  return demand;
}

}  // namespace mpm::advise
