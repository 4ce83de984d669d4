// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/php_pool.h"

#include <algorithm>

#include <fmt/format.h>

#include "agent/advise/finding.h"

namespace mpm::advise {
namespace {

// Of its processes: that many connections that wait are no chance meeting of a few.
constexpr double kManyWait = 0.25;

}  // namespace

const PhpPool* full_php_pool(const Observation& seen) {
  const auto is_full = [&](const PhpPool& pool) {
    return pool.max_children > 0 && pool.children >= pool.max_children &&
           number(pool.waiting) >= std::max(1.0, kManyWait * number(pool.max_children)) &&
           seen.load.busy.p50 > number(pool.max_children);
  };
  const auto found = std::ranges::find_if(seen.php_pools, is_full);
  return found == seen.php_pools.end() ? nullptr : &*found;
}

std::optional<Finding> php_pool_full(const Facts& facts) {
  const PhpPool* pool = full_php_pool(facts.seen);
  if (pool == nullptr) return std::nullopt;
  return finding(
      Severity::Warning,
      fmt::format("php-fpm's pool {} may run {} processes and all of them are there, while {} "
                  "requests wait at {} for one of them, and each of these holds a worker of httpd.",
                  pool->name, pool->max_children, pool->waiting, pool->listen),
      fmt::format("Raise pm.max_children of the pool {} as far as the memory and the processors "
                  "hold, and reload php-fpm, or make its pages faster. More workers of httpd would "
                  "only wait there.",
                  pool->name),
      {{"connections that wait for php-fpm", number(pool->waiting),
        kManyWait * number(pool->max_children), "connections"},
       {"php-fpm processes", number(pool->children), number(pool->max_children), "processes"},
       {"workers.busy.p50", facts.seen.load.busy.p50, number(pool->max_children), "workers"}});
}

}  // namespace mpm::advise
