// SPDX-License-Identifier: Apache-2.0
//
// What a step of the history says, by names: the fields that /v1/history knows. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/history/rollup.h"
#include "schema/model/history.h"
#include "schema/model/result.h"

namespace mpm {

struct SeriesField {
  std::string_view name;
  std::optional<double> (*of)(const Rollup&);  // nullopt: nothing is known of it
};
std::span<const SeriesField> series_fields();

// "busy,busy_max"; all of them for none. Usage: one of them is not known.
Result<std::vector<SeriesField>> chosen_fields(std::string_view names);

HistoryPoint point_of(const Rollup& step, std::span<const SeriesField> fields);

}  // namespace mpm
