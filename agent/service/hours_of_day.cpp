// SPDX-License-Identifier: Apache-2.0
#include "agent/service/hours_of_day.h"

#include <cstddef>
#include <ctime>

#include <fmt/format.h>
#include <httplib.h>

#include "schema/codec/json.h"
#include "schema/codec/problem.h"
#include "schema/codec/routes.h"

namespace mpm {
namespace {

using namespace std::chrono_literals;

// A mean of less would be of a few odd minutes.
constexpr double kSeenSeconds = 1800;

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
  httplib::Client service(socket);
  service.set_address_family(AF_UNIX);
  service.set_connection_timeout(1s);
  service.set_read_timeout(1s);
  const auto answer =
      service.Get(fmt::format("{}?target={}&from=-{}&step=3600&fields=busy", route::kHistory.path,
                              target, std::chrono::seconds(since).count()));
  if (!answer)
    return fail(Error::Kind::Unreachable, fmt::format("No agent answers at {}.", socket));
  if (answer->status != 200) {
    const auto problem = from_json<Problem>(answer->body);
    return fail(problem ? to_error(*problem) : problem.error());
  }
  return from_json<HistoryReport>(answer->body);
}

}  // namespace mpm
