// SPDX-License-Identifier: Apache-2.0
//
// Part of a plan: how long children live that grow. Pure.
#pragma once

#include "agent/advise/draft.h"

namespace mpm::advise {

// MaxConnectionsPerChild, so that all children fit the memory when they end.
void plan_life(Draft& draft);

}  // namespace mpm::advise
