// SPDX-License-Identifier: Apache-2.0
//
// A scoreboard reduced to numbers, and to what travels. mod_status skips quiescing processes
// when it counts (mod_status.c, status_handler), so that a server whose threads are all held by
// old generations looks idle; here a worker is counted wherever it is.
//
// Whose a slot is: the process_score's, unless the slot names another pid. Under worker a new
// process takes the process_score over while old threads run on in some of its slots, and
// only worker_score.pid and .generation tell them apart. A starting slot still carries the pid
// of its last owner, which says nothing.
#pragma once

#include <cstdint>

#include "schema/model/sample.h"
#include "schema/model/scoreboard.h"
#include "schema/model/units.h"

namespace mpm {

// A process that lost its process_score counts as an old one while a thread of it runs.
// A status page does not say whose a slot is: there, every slot is taken for one of the present
// generation but those in state graceful, and no process is counted.
Tally count(const Scoreboard& board);

// Ages of the requests in state writing of `now` at `at`, and of the waits in keep-alive; durations
// of the last requests of the slots whose accesses grew since `before`. A slot that has gone on to
// its next request has lost the duration of its last one, and is in neither sum twice. Nothing is
// finished when the server was restarted in between. Lengths below zero (a clock set back) count as
// zero.
Work work(const Scoreboard& before, const Scoreboard& now, Instant at);

ScoreboardView view(const Scoreboard& board, Instant at, std::int32_t pid);

}  // namespace mpm
