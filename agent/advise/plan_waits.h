// SPDX-License-Identifier: Apache-2.0
//
// Parts of a plan: who may wait how long, a worker for its client's next request and a client in
// the kernel for a worker. Pure.
#pragma once

#include "agent/advise/draft.h"

namespace mpm::advise {

void plan_keepalive(Draft& draft);
void plan_backlog(Draft& draft);

}  // namespace mpm::advise
