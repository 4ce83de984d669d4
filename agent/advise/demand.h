// SPDX-License-Identifier: Apache-2.0
//
// How many workers the clients ask for, also where the server could not give them. Pure.
#pragma once

#include "schema/model/observation.h"

namespace mpm::advise {

struct Demand {
  double workers = 0;  // that serve a request at the peak
  double low = 0;
  double high = 0;
  double keepalive = 0;   // workers that only wait for a client's next request, at the peak
  bool censored = false;  // the limit hid the true number
};

// Not hidden: the 99th percentile of the busy, a tenth and two more. Hidden, when all workers
// were busy in more than a fiftieth of the samples: arrivals, with those that the kernel turned
// away, times the time of a request, and room for chance.
Demand demand_of(const Observation& seen);

// Whether the limit was reached often enough to matter.
bool is_pinned(const Observation& seen);

}  // namespace mpm::advise
