// SPDX-License-Identifier: Apache-2.0
//
// One connection from its first byte to its last in one thread, which waits for the client: the
// way of prefork, worker and winnt.
#pragma once

#include "agent/builtin/connection.h"
#include "agent/builtin/generation.h"

namespace mpm::builtin {

// Keeps the seat's state in the scoreboard; leaves it Ready.
void serve(Accepted accepted, const Seat& seat);

// A thread takes its seat: texts and counters of the one before go, those of the slot stay.
void take_seat(const Seat& seat, WorkerState state);

}  // namespace mpm::builtin
