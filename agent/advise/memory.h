// SPDX-License-Identifier: Apache-2.0
//
// Memory as a sum: what there is for the server, and what its processes would take. The unit of
// cost is the process, which under prefork is one worker and under the threaded MPMs
// ThreadsPerChild of them; the types keep the two apart. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/observation.h"
#include "schema/model/proposal.h"
#include "schema/model/units.h"

namespace mpm::advise {

// What the server may have, all of its processes together. A fixed point: it counts the memory
// that the server holds now as its own, so the answer is the same after the advice was taken.
struct Budget {
  std::vector<MemoryTerm> terms;  // they add up to `total`
  Bytes total;
  std::string bound;  // what sets it: "the host", "memory.max of /docker/7"
};

// The least of the host's (available, and what the server holds) and of every cgroup's above the
// server (its limit less what others in it use). nullopt when nothing was measured.
std::optional<Budget> memory_budget(const Observation& seen);

// Children that grow with every request: what one weighs that is warm and has not grown, and the
// bytes a request.
struct Growth {
  Bytes warm;
  double a_request = 0;
};
// A child must serve some requests, whatever it leaks.
inline constexpr std::int64_t kShortestLife = 50;
// A child that may serve more requests than this need not end.
inline constexpr std::int64_t kWorthEnding = 100000;
// nullopt unless growth is proven, and worth something in a thousand requests.
std::optional<Growth> growth_of(const Observation& seen);

// What processes cost. `base` is what all map together and the parent's own.
struct Cost {
  Bytes base;
  Bytes typical;  // of one process
  Bytes large;
  Bytes peak;
  // What memory is reckoned by: the large size; or of children that grow what they are when they
  // end, of which the warm size is three fifths and the rest is left for growth.
  Bytes counted;
};
// nullopt without a sweep, or when the children have served so little that their size says
// nothing about their size under load (Policy::min_requests_per_child), unless those that there
// are would not fit if all were as large as the largest of them.
std::optional<Cost> process_cost(const Observation& seen, const Policy& policy);

// What of the budget processes may fill beside what they share; at least 0.
Bytes usable(const Budget& budget, const Cost& cost, const Policy& policy);
// The most processes that fit, each as it is counted; at least 0.
Processes processes_that_fit(const Budget& budget, const Cost& cost, const Policy& policy);

// Requests until a growing child has to end for `all` of them to fit, 50 to 1e15, of which
// `old` live for so long. These were started together and may all be at their largest; the others
// come with a burst, warm and no larger.
std::int64_t life_of(const Growth& growth, Bytes usable, Processes all, Processes old);
// What a child grows by in the shortest of these lives.
Bytes grown_at_least(const Growth& growth);
// Of growing children, how many fit when `old` of them have grown by that.
Processes growing_that_fit(const Growth& growth, Bytes usable, Processes old);
// Of `all` growing children, those that may live for the shortest of these lives; 0 to `all`.
Processes old_that_fit(const Growth& growth, Bytes usable, Processes all);

// The same of children that end one after the other, and so are of all ages: on average they fit
// what is usable, and if all were at their end they would still fit with the reserve.
struct Room {
  Bytes usable;
  Bytes reserve;
};
std::int64_t life_of_all_ages(const Growth& growth, const Room& room, Processes all, Processes old);

// `running` processes serve when every worker is busy; `limit` can exist at once, with those of
// old generations that still finish their requests.
MemorySum memory_sum(const Budget& budget, const Cost& cost, Processes running, Processes limit,
                     std::int64_t workers_that_fit);

// Of a number that may be larger than any memory, and then as much as can be told.
Bytes whole_bytes(double bytes);

// "14.6 MB", with the unit that suits.
std::string in_words(Bytes amount);

}  // namespace mpm::advise
