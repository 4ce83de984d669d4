// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/past.h"

namespace mpm {
namespace {

constexpr double kLeastSeen = 900;  // seconds of an hour
constexpr double kPeak = 0.99;

}  // namespace

std::optional<PastPeak> past_peak(std::span<const Rollup> hours) {
  std::optional<PastPeak> peak;
  std::int64_t seen = 0;
  for (const Rollup& hour : hours) {
    const auto busy = hour.busy.quantile(kPeak);
    if (!busy || hour.seconds < kLeastSeen) continue;
    ++seen;
    if (peak && *busy < peak->workers) continue;
    peak = PastPeak{hour.at, *busy, hour.saturated_seconds, hour.worker_limit, 0};
  }
  if (peak) peak->hours = seen;
  return peak;
}

}  // namespace mpm
