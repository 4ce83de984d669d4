// SPDX-License-Identifier: Apache-2.0
#include "agent/observe/distribution.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace mpm {
namespace {

double of_sorted(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  const auto at = static_cast<std::size_t>(std::max(1.0, rank)) - 1;
  return sorted[std::min(at, sorted.size() - 1)];
}

}  // namespace

Distribution distribution_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  Distribution result;
  const auto count = static_cast<double>(values.size());
  result.count = static_cast<std::int64_t>(values.size());
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  for (const double value : values)
    result.variance += (value - result.mean) * (value - result.mean) / count;
  result.p50 = of_sorted(values, 0.50);
  result.p95 = of_sorted(values, 0.95);
  result.p99 = of_sorted(values, 0.99);
  result.max = values.back();
  return result;
}

double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return of_sorted(values, share);
}

}  // namespace mpm
