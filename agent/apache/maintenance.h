// SPDX-License-Identifier: Apache-2.0
//
// Child maintenance, once a second: how many children to start, and whether one has to go. Pure.
// The rules are httpd's: perform_idle_server_maintenance of prefork.c, worker.c and event.c (2.4).
// mpm-httpd runs by them, and the simulator of agent/advise foretells by them.
//
// Too few idle: start 1, then 2, 4 .. 32, twice as many each second that it lasts; after a
// graceful restart ten starting seconds without doubling. Too many idle: one child a second goes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/apache/pool.h"

namespace mpm::apache {

// What the parent sees of one slot of the scoreboard.
struct SlotView {
  bool occupied = false;       // a process has it
  bool quiescing = false;      // that process is going down
  bool not_accepting = false;  // event: it takes no connections now
  bool current = false;        // it is of the running generation
  std::int32_t idle = 0;       // threads whose status is Ready, Starting or Dead
  std::int32_t active = 0;     // threads from Ready up to below Graceful
  bool some_dead = false;      // of the first ThreadsPerChild threads: one is Dead
  bool all_gone = false;       // all of them are Dead or Graceful
  bool dead = false;           // prefork: the status of its only thread is Dead
};

// What is remembered from one second to the next.
struct Pace {
  std::int32_t rate = 1;
  std::int32_t hold_off = 0;  // starting seconds without doubling that are left
};

inline constexpr std::int32_t kMaxRate = 32;  // of all buckets together
inline constexpr std::int32_t kHoldOff = 10;

enum class Shortage : std::uint8_t {
  None,
  AtLimit,         // every worker that MaxRequestWorkers allows is there
  NearLimit,       // likewise, and some are idle, though fewer than MinSpareThreads
  ScoreboardFull,  // no slot is free, and MaxRequestWorkers is not reached
};

struct Upkeep {
  std::vector<std::int32_t> start{};  // slots that get a new child
  bool end_one = false;
  Shortage shortage = Shortage::None;
  std::int32_t idle = 0;  // as counted
  bool busy = false;      // the rate is 8 or more: "server seems busy"
  Pace pace;              // for the next second
};

// Children that event counts: all that live, and those of them that are not quiescing.
struct Daemons {
  std::int32_t total = 0;
  std::int32_t active = 0;
};

// Of the slots, those of one bucket of listeners: every `of`-th from `number` on.
struct Bucket {
  std::int32_t number = 0;
  std::int32_t of = 1;
};

// Whether a child of event takes one more connection: `idle` threads have nothing to do, `open`
// connections are there, without those that only wait for their end (event.c, 2.4).
bool event_accepts(const Pool& pool, std::int32_t idle, std::int32_t open);

// What several buckets need at least, so that each has a child that is idle.
Pool with_buckets(Pool pool, std::int32_t buckets);

// For one bucket under worker and event; prefork looks at all its children at once, whatever their
// bucket. `slots` has ServerLimit entries, `used` is one more than the highest slot that was ever
// used.
Upkeep maintain(const Pool& pool, std::span<const SlotView> slots, std::int32_t used,
                const Daemons& daemons, const Pace& pace, const Bucket& bucket = {});

}  // namespace mpm::apache
