// SPDX-License-Identifier: Apache-2.0
//
// A scoreboard as the grid and its legend show it: the slots of each process that are in use, how
// a process stands to the others, and how many workers do what. Pure.
#pragma once

#include <QString>
#include <array>
#include <cstdint>
#include <vector>

#include "gui/plot/grid_geometry.h"
#include "schema/model/scoreboard.h"

namespace mpm::gui {

// What a process is beside the others; with it goes a pattern over its cells.
enum class Standing : std::uint8_t {
  Present,
  Deaf,  // takes no new connection
  Old,   // of an old generation, or on its way out
};

struct BoardCounts {
  std::array<std::int64_t, kStateLetters.size()> of{};  // workers by state
  std::int64_t old_processes = 0;
  std::int64_t deaf_processes = 0;
};

Standing standing_of(const ProcessView& process, const ScoreboardView& board);

// Slots that any process uses, at their end none is cut off: what was never in use is not shown.
std::vector<int> slots_shown(const ScoreboardView& board);

BoardCounts counts_of(const ScoreboardView& board);

// "Process 4711, slot 3 (W): writing a reply. Of generation 2, the present one is 3: it finishes."
QString sentence_of(const ScoreboardView& board, CellId id);

}  // namespace mpm::gui
