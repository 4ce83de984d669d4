// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl simulate`: asks the agent what other directives would have done, and shows it as a
// table, and as a page with courses when a file for that is named.
#pragma once

#include <string>

#include "cli/commands.h"
#include "schema/model/simulation.h"

namespace mpm {

std::string what_was_simulated(const SimulationReport& report);

std::string render(const SimulationReport& report, const Style& style);

std::string simulation_page(const SimulationReport& report);

Result<Outcome> simulate(const Options& options, Client& client, const Style& style);

}  // namespace mpm
