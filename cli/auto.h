// SPDX-License-Identifier: Apache-2.0
//
// `mpmctl apply --auto`: look at a server, ask the agent whether what it proposes may be made by
// itself, make it, and look again; one line a round says what was done, or why not. It ends after
// --rounds, or when it is interrupted, which takes back what is under way.
#pragma once

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/options.h"

namespace mpm {

Result<Outcome> apply_automatically(const Options& options, Client& client);

}  // namespace mpm
