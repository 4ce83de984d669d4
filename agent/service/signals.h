// SPDX-License-Identifier: Apache-2.0
//
// The signals that end a program or have it read its file again, as a file to be waited for.
#pragma once

#include "agent/base/fd.h"

namespace mpm {

// Blocks SIGTERM, SIGINT and SIGHUP in this thread and all that it starts, ignores SIGPIPE, and
// gives a descriptor that becomes readable when one arrives (signalfd(2)).
UniqueFd signals_as_a_file();

// The number of the one that has arrived; 0: none can be read.
int arrived_signal(const UniqueFd& signals);

}  // namespace mpm
