// SPDX-License-Identifier: Apache-2.0
//
// Every worker as the letter that mod_status has for it, grouped by process. Pure.
//
//     4711  gen 0   WWWW_WWW __WK____
//     4712  gen 0   W_______ ________   accepts nothing
//
// Slots that a process does not use are left out at its end. Under prefork, where a process is one
// worker, the letters of all of them follow one another.
#pragma once

#include "cli/top/screen.h"
#include "schema/model/scoreboard.h"

namespace mpm::top {

Screen grid(const ScoreboardView& board, int columns);

// What the letters mean, on one line.
std::string legend();

}  // namespace mpm::top
