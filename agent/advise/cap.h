// SPDX-License-Identifier: Apache-2.0
//
// How many workers are enough although clients wait: with more of them requests only take longer,
// because the processors or something behind httpd is full. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/advise/facts.h"

namespace mpm::advise {

inline constexpr std::string_view kLargerPool = "larger-pool-brought-less";

struct Cap {
  double workers = 0;  // infinite: none
  double growth = 0;   // that a pool grows to, at most: the same, or less where more is for chance
  std::string because;
  std::string formula;  // with the numbers in it
  std::string_view rule;
};

// The lowest of three; the first two with the workers that wait for a client's next request on top.
//
// Processors, while they are full with httpd's own work:
//
//   1.5 c S / D + 2 c
//
// for c cores, S seconds of a request of which D on a processor: c S / D requests keep all of them
// running (the knee of Lazowska's bounds), half as many again and two a core are for chance.
//
// Behind httpd, where throughput fell below 90 % of the best with more requests at once, or stayed
// while each took four times as long, and more clients came than it ever served: 1.15 x the most
// that were served at once with 93 % of the best (after Wang, Malkowski and Pu, IPDPS 2011). Where
// the rise was seen, as many instead as serve what ended while they came: before, it may have had
// less to do than it can. Without these arrivals it was only slow for a while.
//
// Remembered: where a larger pool, all of it busy, brought less than nine tenths of what this one
// does, this one; three tenths more while requests take as long as when nobody waited. Where a
// smaller one brought so much more that this one brings less than seven tenths of it, that one.
// Where even the smaller of the two takes more than ten seconds for a request, nobody is answered
// by it: as far below it as it is below the larger; and so on where of three pools fewer always
// brought more.
//
// Only for a pool that was full. A cap that is not known better is the limit as it is.
Cap cap_of(const Facts& facts);

}  // namespace mpm::advise
