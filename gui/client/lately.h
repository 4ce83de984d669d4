// SPDX-License-Identifier: Apache-2.0
//
// What one server was asked for in the last minutes, and how long it took: the history's numbers
// over that time as one. The mean is by Little's law, of all requests. The quantiles are of what
// the history keeps: of requests after which their worker was seen at rest, which under full load
// are few or none, the mean between two looks, as often as they were; one slow request among many
// quick ones is not in them.
#pragma once

#include <optional>
#include <string>

#include "schema/model/history.h"

namespace mpm::gui {

struct Lately {
  double seconds = 0;  // that were seen
  std::optional<double> arrivals_per_second;
  std::optional<double> mean_seconds;  // that a request holds its worker
  std::optional<double> p50_seconds;
  std::optional<double> p95_seconds;
  std::optional<double> p99_seconds;
};

// As the API takes them.
std::string lately_fields();
Lately lately_of(const HistoryReport& report);

// Workers that arrivals of that length keep busy: Little's law. Nullopt: it is not known.
std::optional<double> workers_wanted(const Lately& lately);

}  // namespace mpm::gui
