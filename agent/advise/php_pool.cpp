// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/php_pool.h"

#include <algorithm>

#include <fmt/format.h>

#include "agent/advise/finding.h"

namespace mpm::advise {
namespace {

// Of its processes: that many connections that wait are no chance meeting of a few.
constexpr double kManyWait = 0.25;

template <class Condition>
const PhpPool* find_pool(const Observation& seen, Condition condition) {
  const auto found = std::ranges::find_if(seen.php_pools, condition);
  return found == seen.php_pools.end() ? nullptr : &*found;
}

// All the processes that it may have are there, and more workers were busy than these serve.
bool is_all_there(const PhpPool& pool, const Observation& seen) {
  return pool.max_children > 0 && pool.children >= pool.max_children &&
         seen.load.busy.p50 > number(pool.max_children);
}

}  // namespace

const PhpPool* full_php_pool(const Observation& seen) {
  return find_pool(seen, [&](const PhpPool& pool) {
    return is_all_there(pool, seen) && pool.waiting &&
           number(*pool.waiting) >= std::max(1.0, kManyWait * number(pool.max_children));
  });
}

std::optional<Finding> php_pool_full(const Facts& facts) {
  const PhpPool* pool = full_php_pool(facts.seen);
  if (pool == nullptr) return std::nullopt;
  return finding(
      Severity::Warning,
      fmt::format("php-fpm's pool {} may run {} processes and all of them are there, while {} "
                  "requests wait at {} for one of them, and each of these holds a worker of httpd.",
                  pool->name, pool->max_children, pool->waiting.value_or(0), pool->listen),
      fmt::format("Raise pm.max_children of the pool {} as far as the memory and the processors "
                  "hold, and reload php-fpm, or make its pages faster. More workers of httpd would "
                  "only wait there.",
                  pool->name),
      {{"connections that wait for php-fpm", number(pool->waiting.value_or(0)),
        kManyWait * number(pool->max_children), "connections"},
       {"php-fpm processes", number(pool->children), number(pool->max_children), "processes"},
       {"busy workers, p50", facts.seen.load.busy.p50, number(pool->max_children), "workers"}});
}

std::optional<Finding> php_queue_unknown(const Facts& facts) {
  if (full_php_pool(facts.seen) != nullptr) return std::nullopt;
  const PhpPool* pool = find_pool(facts.seen, [&](const PhpPool& one) {
    return is_all_there(one, facts.seen) && !one.waiting;
  });
  if (pool == nullptr) return std::nullopt;
  Finding unknown = finding(
      Severity::Note,
      fmt::format(
          "php-fpm's pool {} may run {} processes and all of them are there; how many "
          "requests wait at {} for one of them is not known. Where many do, more workers of "
          "httpd would only wait there too.",
          pool->name, pool->max_children, pool->listen),
      "Let mpm-agent read php-fpm's sockets: run it as root, or with the rights of its unit.",
      {{"php-fpm processes", number(pool->children), number(pool->max_children), "processes"},
       {"busy workers, p50", facts.seen.load.busy.p50, number(pool->max_children), "workers"}});
  unknown.confidence = Confidence::Low;
  return unknown;
}

}  // namespace mpm::advise
