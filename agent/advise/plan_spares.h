// SPDX-License-Identifier: Apache-2.0
//
// Part of a plan: how many workers are kept idle, and how many processes a start begins with. Pure.
#pragma once

#include "agent/advise/draft.h"

namespace mpm::advise {

// Spares and StartServers: for the jumps of the load that were seen, and for children that end
// together.
void plan_spares(Draft& draft);

}  // namespace mpm::advise
