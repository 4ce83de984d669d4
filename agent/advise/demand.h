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
  double past = 0;        // workers of both kinds that the busiest hour of the past needed
};

// Not hidden: the 99th percentile of the busy, a tenth and two more; between that percentile and
// the largest. Hidden, when all workers were busy in more than a fiftieth of the samples: the
// offered load q, from arrivals with those that the kernel turned away and the time of a request,
// and room for chance, q + 3 sqrt(1.2 q) + 2 (He, Liu and Whitt 2016); between the mean of it and
// half as much again, since clients that were turned away come again and are counted twice.
// The past is what its busiest hour showed, with the same margin; where all workers were busy then,
// at least that.
Demand demand_of(const Observation& seen);

// Whether the limit was reached often enough to matter.
bool is_pinned(const Observation& seen);

}  // namespace mpm::advise
