// SPDX-License-Identifier: Apache-2.0
//
// Parts of a plan: how many workers, and under event how many connections they hold. Pure.
#pragma once

#include "agent/advise/draft.h"

namespace mpm::advise {

// Fewer where memory does not hold them, or where more only make each other slower; more where
// clients ask for them.
void plan_workers(Draft& draft);
// event: more connections for each idle worker, or more processes, where all that accept are full.
void plan_connections(Draft& draft);

// That there would be. Those who were refused are hidden, as a demand is; without them what was
// seen has to fit.
double connections_wanted(const Facts& facts);

}  // namespace mpm::advise
