// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/maintenance.h"

#include <algorithm>

namespace mpm::apache {
namespace {

std::int32_t max_rate(const Bucket& bucket) {
  return (kMaxRate + bucket.of - 1) / bucket.of;
}

// The doubling, and the pause in it after a graceful restart.
void advance(Pace& pace, const Bucket& bucket) {
  if (pace.hold_off > 0)
    --pace.hold_off;
  else
    pace.rate = std::max(pace.rate, std::min(pace.rate * 2, max_rate(bucket)));
}

void start_children(Upkeep& upkeep, std::vector<std::int32_t> free, const Bucket& bucket) {
  upkeep.busy = upkeep.pace.rate >= 8;
  upkeep.start = std::move(free);
  advance(upkeep.pace, bucket);
}

void none_free(Upkeep& upkeep, Shortage shortage) {
  upkeep.shortage = shortage;
  upkeep.pace.rate = 1;
}

Upkeep prefork(const Pool& pool, std::span<const SlotView> slots, std::int32_t used, Pace pace) {
  Upkeep upkeep{.pace = pace};
  std::vector<std::int32_t> free;
  for (std::int32_t i = 0; i < pool.max_children; ++i) {
    if (i >= used && std::ssize(free) == pace.rate) break;
    const SlotView& slot = slots[static_cast<std::size_t>(i)];
    if (slot.dead) {
      if (std::ssize(free) < pace.rate) free.push_back(i);
    } else {
      upkeep.idle += slot.idle;
    }
  }
  if (upkeep.idle > pool.max_spare) {
    upkeep.end_one = true;
    upkeep.pace.rate = 1;
  } else if (upkeep.idle < pool.min_spare) {
    if (free.empty())
      none_free(upkeep, Shortage::AtLimit);
    else
      start_children(upkeep, std::move(free), {});
  } else {
    upkeep.pace.rate = 1;
  }
  return upkeep;
}

// What worker's parent sees: idle and active threads, and the slots that can get a child, those
// whose threads have all ended before those that have to be waited for.
struct WorkerSlots {
  std::int32_t idle = 0, active = 0;
  std::vector<std::int32_t> free{};
};

WorkerSlots count_worker(const Pool& pool, std::span<const SlotView> slots, std::int32_t used,
                         std::int32_t rate, const Bucket& bucket) {
  WorkerSlots seen;
  std::int32_t gone = 0;  // of free, from its front: no thread is left in them
  for (std::int32_t i = bucket.number; i < pool.max_children && (i < used || gone < rate);
       i += bucket.of) {
    const SlotView& slot = slots[static_cast<std::size_t>(i)];
    if (slot.occupied && !slot.quiescing && slot.current) seen.idle += slot.idle;
    if (slot.occupied) seen.active += slot.active;
    const bool can_take = slot.some_dead && (!slot.occupied || slot.quiescing);
    if (!can_take || gone >= rate || std::ssize(seen.free) >= max_rate(bucket)) continue;
    seen.free.insert(slot.all_gone ? seen.free.begin() + gone++ : seen.free.end(), i);
  }
  return seen;
}

Upkeep worker(const Pool& pool, std::span<const SlotView> slots, std::int32_t used, Pace pace,
              const Bucket& bucket) {
  Upkeep upkeep{.pace = pace};
  auto [idle, active, free] = count_worker(pool, slots, used, pace.rate, bucket);
  upkeep.idle = idle;
  if (idle > pool.max_spare / bucket.of) {
    upkeep.end_one = true;
    upkeep.pace.rate = 1;
  } else if (idle >= pool.min_spare / bucket.of) {
    upkeep.pace.rate = 1;
  } else if (!free.empty()) {
    free.resize(std::min(free.size(), static_cast<std::size_t>(pace.rate)));
    start_children(upkeep, std::move(free), bucket);
  } else if (active < pool.max_request_workers / bucket.of) {
    none_free(upkeep, Shortage::ScoreboardFull);
  } else {
    none_free(upkeep, idle == 0 ? Shortage::AtLimit : Shortage::NearLimit);
  }
  return upkeep;
}

// Which of the free slots get a child, so that no more than the limit are active.
void start_below_limit(const Pool& pool, Upkeep& upkeep, std::vector<std::int32_t> free,
                       const Daemons& daemons, const Bucket& bucket) {
  auto count = static_cast<std::int32_t>(free.size());
  if (count + daemons.active > pool.max_children) {
    if (daemons.active < pool.max_children) {
      count = pool.max_children - daemons.active;
    } else {
      upkeep.pace.rate = 1;
      ++upkeep.pace.hold_off;  // nothing starts, so this second must not count
      count = 0;
    }
  }
  free.resize(static_cast<std::size_t>(count));
  start_children(upkeep, std::move(free), bucket);
}

Upkeep event(const Pool& pool, std::span<const SlotView> slots, std::int32_t used,
             const Daemons& daemons, Pace pace, const Bucket& bucket) {
  Upkeep upkeep{.pace = pace};
  std::vector<std::int32_t> free;
  std::int32_t active = 0;
  for (std::int32_t i = bucket.number; i < pool.server_limit; i += bucket.of) {
    if (i >= used && std::ssize(free) == pace.rate) break;
    const SlotView& slot = slots[static_cast<std::size_t>(i)];
    if (!slot.occupied) {
      if (std::ssize(free) < pace.rate) free.push_back(i);
      continue;
    }
    if (!slot.quiescing && !slot.not_accepting && slot.current) upkeep.idle += slot.idle;
    active += slot.active;
  }
  if (upkeep.idle > pool.max_spare / bucket.of) {
    // While another goes, and no slot is left to replace it, one is enough.
    upkeep.end_one =
        daemons.active == daemons.total || pool.server_limit - daemons.total > pool.max_children;
    upkeep.pace.rate = 1;
  } else if (upkeep.idle < pool.min_spare / bucket.of) {
    if (active >= pool.max_request_workers / bucket.of)
      none_free(upkeep, upkeep.idle == 0 ? Shortage::AtLimit : Shortage::NearLimit);
    else if (free.empty())
      none_free(upkeep, Shortage::ScoreboardFull);
    else
      start_below_limit(pool, upkeep, std::move(free), daemons, bucket);
  } else {
    upkeep.pace.rate = 1;
  }
  return upkeep;
}

// One child, always: the parent starts it again when it ends.
Upkeep winnt(std::span<const SlotView> slots, Pace pace) {
  Upkeep upkeep{.pace = pace};
  if (!slots[0].occupied || slots[0].quiescing) upkeep.start = {0};
  return upkeep;
}

}  // namespace

Pool with_buckets(Pool pool, std::int32_t buckets) {
  if (buckets <= 1) return pool;
  const bool prefork = pool.mpm == Mpm::Prefork;
  const std::int32_t least = prefork ? buckets : pool.threads_per_child * (buckets - 1) + buckets;
  const std::int32_t gap = prefork ? buckets : (pool.threads_per_child + 1) * buckets;
  pool.max_children = std::max(pool.max_children, buckets);
  pool.start_servers = std::max(pool.start_servers, buckets);
  pool.min_spare = std::max(pool.min_spare, least);
  pool.max_spare = std::max(pool.max_spare, pool.min_spare + gap);
  return pool;
}

bool event_accepts(const Pool& pool, std::int32_t idle, std::int32_t open) {
  return idle > 0 && (open <= 0 || open < pool.threads_per_child + idle * pool.async_factor);
}

Upkeep maintain(const Pool& pool, std::span<const SlotView> slots, std::int32_t used,
                const Daemons& daemons, const Pace& pace, const Bucket& bucket) {
  switch (pool.mpm) {
    case Mpm::Prefork:
      return prefork(pool, slots, used, pace);
    case Mpm::Worker:
      return worker(pool, slots, used, pace, bucket);
    case Mpm::Winnt:
      return winnt(slots, pace);
    case Mpm::Event:
      break;
  }
  return event(pool, slots, used, daemons, pace, bucket);
}

}  // namespace mpm::apache
