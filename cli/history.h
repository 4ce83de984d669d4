// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl history`: the past of a server as courses in a table, what happened meanwhile, and step
// by step where a step is given; or as CSV.
#pragma once

#include <string>

#include "cli/commands.h"
#include "schema/model/history.h"

namespace mpm {

// One line for each measure, and what happened.
std::string render(const HistoryReport& report, const Style& style);
// One line for each step, what happened in it below.
std::string render_steps(const HistoryReport& report, const Style& style);

// A course in `cells` columns, from 0 to the largest; where nothing is known it is blank.
std::string course(const std::vector<std::optional<double>>& cells, const Style& style);

Result<Outcome> history(const Options& options, Client& client, const Style& style);

}  // namespace mpm
