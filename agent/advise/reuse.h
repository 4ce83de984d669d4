// SPDX-License-Identifier: Apache-2.0
//
// How long clients take to come again on a connection that is kept for them, and what waiting for
// them less long would lose. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace mpm::advise {

struct Reuse {
  std::int64_t timeout = 1;  // seconds; the shortest that keeps most of the re-use
  double kept = 0;           // share of the waits that end in time today and would still do so
  double freed = 0;          // share of the workers that wait which would not wait any more
};

// `waiting_by_age` as LoadObservation has it, `now` is KeepAliveTimeout, seconds. nullopt: too few
// waits were seen, or nothing shorter keeps enough.
//
// A wait that is seen at a random moment and is u old is one of those that last longer than u, so
// that counts by age, each over the width of its interval, fall as P(T > u) does (Grenander 1956);
// what falls between 0 and u are the clients that came, or went, within u.
std::optional<Reuse> reuse_of(const std::vector<std::int64_t>& waiting_by_age, std::int64_t now);

}  // namespace mpm::advise
