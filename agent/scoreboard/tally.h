// SPDX-License-Identifier: Apache-2.0
//
// A scoreboard, counted, and two of them compared. Pure.
#pragma once

#include <cstdint>

#include "schema/model/sample.h"
#include "schema/model/scoreboard.h"

namespace mpm {

// Whether a process is on its way out: of an old generation, or told to end.
bool is_old(const Scoreboard& board, const ProcessScore& process);

// Busy workers of every generation, idle ones of the present; see Tally. A status page says
// nothing about generations: then its own count of idle workers is taken.
Tally count(const Scoreboard& board);

// Requests in service at `at`, and those that ended between the two boards. A slot that has
// begun another request meanwhile does not show how long the last one took, and is left out.
Work work(const Scoreboard& before, const Scoreboard& now, Instant at);

// `pid` is the parent's.
ScoreboardView view(const Scoreboard& board, Instant at, std::int32_t pid);

}  // namespace mpm
