// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/reuse.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "schema/model/sample.h"

namespace mpm::advise {
namespace {

constexpr std::int64_t kFewestWaits = 100;
// Of the re-use, what a shorter wait must keep.
constexpr double kKept = 0.85;
// Below it, waits that end in time are as good as none.
constexpr double kWorthKeeping = 0.05;

// P(T > u) in each interval of kWaitingAges that begins before `now`, up to a factor. It cannot
// rise; what noise says else is levelled.
std::vector<double> survival(const std::vector<std::int64_t>& waits, double now) {
  std::vector<double> falling;
  double from = 0;
  for (std::size_t i = 0; i < kWaitingAges.size() && from < now; ++i) {
    const double to = std::min(kWaitingAges[i], now);
    const double density = static_cast<double>(waits[i]) / (to - from);
    falling.push_back(falling.empty() ? density : std::min(density, falling.back()));
    from = to;
  }
  return falling;
}

}  // namespace

std::optional<Reuse> reuse_of(const std::vector<std::int64_t>& waiting_by_age, std::int64_t now) {
  if (waiting_by_age.size() != kWaitingAges.size() + 1) return std::nullopt;
  const auto all = std::accumulate(waiting_by_age.begin(), waiting_by_age.end(), std::int64_t{0});
  if (all < kFewestWaits) return std::nullopt;
  const auto falling = survival(waiting_by_age, static_cast<double>(now));
  const double ended = falling.front() - falling.back();
  const bool worth_keeping = ended > kWorthKeeping * falling.front();
  std::int64_t younger = 0;
  for (std::size_t i = 0; i + 1 < falling.size(); ++i) {
    younger += waiting_by_age[i];
    const double at_bound = (falling[i] + falling[i + 1]) / 2;
    const double kept = worth_keeping ? (falling.front() - at_bound) / ended : 1;
    // Whole seconds alone: that is what every httpd takes.
    if (kWaitingAges[i] < 1 || kept < kKept) continue;
    return Reuse{static_cast<std::int64_t>(kWaitingAges[i]), kept,
                 static_cast<double>(all - younger) / static_cast<double>(all)};
  }
  return std::nullopt;
}

}  // namespace mpm::advise
