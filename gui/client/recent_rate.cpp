// SPDX-License-Identifier: Apache-2.0
#include "gui/client/recent_rate.h"

namespace mpm::gui {
namespace {

constexpr std::chrono::seconds kSpan{5};

}  // namespace

void RecentRate::add(Instant at, const TargetStatus& server) {
  const Reading reading{at, server.restarted, server.accesses};
  if (!readings_.empty()) {
    const Reading& last = readings_.back();
    if (reading.restarted != last.restarted || reading.accesses < last.accesses) clear();
  }
  readings_.push_back(reading);
  while (readings_.size() > 1 && readings_[1].at <= at - kSpan)
    readings_.pop_front();
}

std::optional<double> RecentRate::per_second() const {
  if (readings_.size() < 2) return std::nullopt;
  const Reading& first = readings_.front();
  const Reading& last = readings_.back();
  const std::chrono::duration<double> span = last.at - first.at;
  if (span.count() <= 0) return std::nullopt;
  return static_cast<double>(last.accesses - first.accesses) / span.count();
}

}  // namespace mpm::gui
