// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/spares.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace mpm::advise {
namespace {

constexpr std::int64_t kFastest = 32;  // processes a tick (MAX_SPAWN_RATE)
constexpr double kMargin = 1.15;
constexpr double kDeviations = 2;

}  // namespace

std::int64_t started_after(std::int64_t ticks) {
  std::int64_t started = 0;
  std::int64_t rate = 1;
  for (std::int64_t tick = 0; tick < ticks; ++tick) {
    started += rate;
    rate = std::min(2 * rate, kFastest);
  }
  return started;
}

Spares spares_for(const std::vector<double>& rises, double usual, std::int64_t per_process) {
  Spares worst;
  for (std::size_t i = 0; i < rises.size(); ++i) {
    const std::int64_t started = per_process * started_after(static_cast<std::int64_t>(i));
    const double wanted = kMargin * rises[i] - static_cast<double>(started);
    if (i > 0 && wanted <= worst.wanted) continue;
    worst = {{rises[i], static_cast<std::int64_t>(i) + 1}, started, wanted};
  }
  worst.wanted = std::max(0.0, worst.wanted) + kDeviations * std::sqrt(std::max(0.0, usual));
  return worst;
}

}  // namespace mpm::advise
