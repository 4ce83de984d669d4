// SPDX-License-Identifier: Apache-2.0
//
// What a worker does and for whom, in words. Clients made most of these words up: they are shown as
// plain text, without their control characters. Pure.
#pragma once

#include <QString>
#include <optional>

#include "gui/plot/grid_geometry.h"
#include "schema/model/scoreboard.h"
#include "schema/model/workers.h"

namespace mpm::gui {

struct WorkerWords {
  QString what;  // "It answers 203.0.113.7 at shop.example.org:443: GET /cart HTTP/1.1."
  QString when;  // "For 1.9 s."; apart, because it is another one at each look
};

// Nullopt: the worker of that cell is not among them. One that the board, which is younger, has at
// rest is serving no more, whatever the list says.
std::optional<WorkerView> worker_at(const WorkerList& list, const ScoreboardView& board, CellId id);

WorkerWords words_of(const WorkerView& worker);

}  // namespace mpm::gui
