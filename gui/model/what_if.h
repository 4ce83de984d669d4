// SPDX-License-Identifier: Apache-2.0
//
// What can be tried of a server's directives, and what a simulation told of it: how far each slider
// goes, what is to be asked, and the prediction beside today's as the rows of a table. Pure.
#pragma once

#include <QStringList>
#include <cstdint>
#include <string>
#include <vector>

#include "gui/model/rows_model.h"
#include "schema/model/config_edit.h"
#include "schema/model/proposal.h"
#include "schema/model/settings.h"
#include "schema/model/simulation.h"

namespace mpm::gui {

// Of a directive that the simulator heeds and that has a number in force.
struct Trial {
  std::string directive;
  std::int64_t in_force = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::int64_t tried = 0;

  bool operator==(const Trial&) const = default;
};

std::vector<Trial> trials_of(const MpmSettings& settings);
// What each change says is tried, of all the others what is in force.
void try_changes(std::vector<Trial>& trials, const std::vector<Change>& changes);
// Those that differ from what is in force.
std::vector<Wish> wishes_of(const std::vector<Trial>& trials);

QStringList forecast_headings();
std::vector<TableRow> forecast_rows(const SimulationReport& report);
// Whether clients would wait longer or shorter, and what it takes: one sentence.
QString forecast_verdict(const SimulationReport& report);

}  // namespace mpm::gui
