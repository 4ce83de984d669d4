// SPDX-License-Identifier: Apache-2.0
#include "agent/service/hours_of_day.h"

#include <cstddef>
#include <ctime>

#include <fmt/format.h>

#include "agent/service/service_client.h"
#include "schema/codec/routes.h"

namespace mpm {
namespace {

// A mean of less would be of a few odd minutes.
constexpr double kSeenSeconds = 1800;
constexpr std::chrono::seconds kPatience{1};

std::size_t local_hour(Instant at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::system_clock::time_point(at.time_since_epoch()));
  std::tm local{};
  localtime_r(&seconds, &local);
  return static_cast<std::size_t>(local.tm_hour);
}

}  // namespace

BusyByHour busy_by_hour(const HistoryReport& past) {
  const auto place = place_of_field(past, "busy");
  std::array<double, 24> seconds{};
  std::array<double, 24> sums{};
  for (const HistoryPoint& point : past.points) {
    const auto busy = value_of(point, place);
    if (!busy) continue;
    const std::size_t hour = local_hour(point.at);
    seconds.at(hour) += point.seconds;
    sums.at(hour) += point.seconds * *busy;
  }
  BusyByHour means;
  for (std::size_t hour = 0; hour < means.size(); ++hour)
    if (seconds.at(hour) >= kSeenSeconds) means.at(hour) = sums.at(hour) / seconds.at(hour);
  return means;
}

Result<HistoryReport> ask_for_hours(const std::string& socket, const std::string& target,
                                    std::chrono::days since) {
  return ask_service_for<HistoryReport>(
      {socket, std::nullopt},
      fmt::format("{}?target={}&from=-{}&step=3600&fields=busy", route::kHistory.path, target,
                  std::chrono::seconds(since).count()),
      kPatience);
}

}  // namespace mpm
