// SPDX-License-Identifier: Apache-2.0
//
// How busy a server is at each hour of the day, for whoever chooses the hour of a reload. An agent
// that was started for one command remembers nothing, so it asks the one that runs as a service.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "schema/model/history.h"
#include "schema/model/result.h"

namespace mpm {

// So far back an hour counts: two of each day of the week.
inline constexpr std::chrono::days kDaysOfHours{14};

using BusyByHour = std::array<std::optional<double>, 24>;

// The mean of the field "busy" at each hour of the local day (the environment's TZ); nullopt where
// less than half an hour was seen in all. The points are of an hour at most. Pure but for TZ.
BusyByHour busy_by_hour(const HistoryReport& past);

// The history of a server since then, by steps of an hour, from the agent that answers on that
// Unix socket; blocks for two seconds at most. Unreachable: none does. Otherwise what that agent
// says is the matter, or Malformed when it is not to be understood.
Result<HistoryReport> ask_for_hours(const std::string& socket, const std::string& target,
                                    std::chrono::days since);

}  // namespace mpm
