// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl demo`: what status and recommend say about a server that has more load than workers,
// for those who have none at hand.
#pragma once

#include "cli/commands.h"

namespace mpm {

// Starts the server, saturates it, asks for status and recommend as their commands do, and ends
// it. Findings are what is to be seen, so the exit status is Fine with them.
Result<Outcome> demonstrate(const Options& options, Client& client, const Style& style,
                            OwnServer& server);

}  // namespace mpm
