// SPDX-License-Identifier: Apache-2.0
#include "gui/client/lately.h"

#include <algorithm>

namespace mpm::gui {

std::string lately_fields() {
  return "arrivals_per_second,requests_per_second,busy,keepalive,duration_p50_seconds,"
         "duration_p95_seconds,duration_p99_seconds";
}

Lately lately_of(const HistoryReport& report) {
  const auto longest = std::ranges::max_element(report.points, {}, &HistoryPoint::seconds);
  if (longest == report.points.end()) return {};
  const auto value = [&](std::string_view field) {
    return value_of(*longest, place_of_field(report, field));
  };
  // A worker that waits for a client's next request is held by none.
  const auto busy = value("busy");
  const auto rate = value("requests_per_second");
  std::optional<double> mean;
  if (busy && rate && *rate > 0)
    mean = std::max(0.0, *busy - value("keepalive").value_or(0)) / *rate;
  return {longest->seconds,
          value("arrivals_per_second"),
          mean,
          value("duration_p50_seconds"),
          value("duration_p95_seconds"),
          value("duration_p99_seconds")};
}

std::optional<double> workers_wanted(const Lately& lately) {
  if (!lately.arrivals_per_second || !lately.mean_seconds) return std::nullopt;
  return *lately.arrivals_per_second * *lately.mean_seconds;
}

}  // namespace mpm::gui
