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

inline constexpr std::string_view kProcessors = "cpu-saturated";
inline constexpr std::string_view kLargerPool = "larger-pool-brought-less";
inline constexpr std::string_view kSmallerPool = "smaller-pool-brought-more";
inline constexpr std::string_view kShortLives = "children-grow";

// Of the pool, what a step leaves at least where fewer workers are only concluded to be better,
// from other hours and not from the times of requests as well: whoever was wrong sees it in the
// next round, and half of them serve. Where fewer were seen to end far more, or the times tell how
// many would do, half as many.
inline constexpr double kLeastStep = 0.5;
inline constexpr double kLeastSeenStep = kLeastStep / 2;

// Times the workers that are needed, where what is behind httpd was never seen with more.
inline constexpr double kSomeMore = 1.5;

struct Cap {
  double workers = 0;  // infinite: none
  double growth = 0;   // that a pool grows to, at most: the same, or less
  std::string because;
  std::string formula;  // with the numbers in it
  std::string_view rule;
  bool ends_waits = false;  // it holds only where no worker waits for a client's next request
};

// The lowest of five; the first three with the workers that wait for a client's next request on
// top.
//
// Processors, while they are full with httpd's own work:
//
//   c S / D + 2 c
//
// for c cores, S seconds of a request of which D on a processor: c S / D requests keep all of them
// running (the knee of Lazowska's bounds), and two a core are for chance.
//
// Behind httpd, where throughput fell below 90 % of the best with more requests at once, or stayed
// while each took four times as long as there or in a calm, and more clients came than it ever
// served, or nobody is answered in time, or it collapses (Facts::collapses): 1.15 x the most that
// were served at once with 93 % of the best (after Wang, Malkowski and Pu, IPDPS 2011). Where the
// rise was seen, as many instead as serve what ended while they came, unless it collapses: before,
// it may have had less to do than it can. Without these it was only slow for a while; but where the
// full pool turned clients away for 20 s and ended less than seven tenths of the best, a quarter of
// it is tried, or half where it was only often full. Where throughput was not seen to fall and
// requests stand in line (Facts::in_line), half to a quarter: 1.15 x as many as all that come would
// need if nobody waited; or, where that is not known,
//
//   N sqrt(cv2 / v)
//
// of N in line, whose times vary by cv2, if those of what is behind httpd vary by v themselves;
// 0.1 of v is the least that is no timeout.
//
// Where more workers wait for idle clients than it leaves to serve, they would all serve when a
// crowd comes: it then ends the waits.
//
// Children that end (MaxConnectionsPerChild) faster than one a second, with which httpd begins to
// start others, in a pool that is mostly full and turns clients away: half of it, of which each may
// live twice as long in the same memory. Only where a larger pool is known to have brought less.
//
// What is only tried is not where a smaller pool is known to have brought less.
//
// Remembered: what pools of other sizes brought (pools.h).
//
// 1.5 times the need, where most workers wait for idle clients and that ends now
// (Facts::ends_waits): until then few served at once.
//
// A cap that is not known better is the limit as it is.
Cap cap_of(const Facts& facts);

}  // namespace mpm::advise
