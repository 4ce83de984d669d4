// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/facts.h"

#include <algorithm>

namespace mpm::advise {
namespace {

// Of the time of the requests, what they spend ready to run; of the cores, what httpd uses.
constexpr double kMostlyReady = 0.5;
constexpr double kNearlyAllOfThem = 0.85;
// Seconds that a pool must have been full, to tell what it brings; how much larger than this one it
// must be, and of what this one brings, what it brought.
constexpr double kLongFull = 20;
constexpr double kLarger = 1.1;
constexpr double kBroughtLess = 0.9;
// Below this part another mix of requests is no explanation.
constexpr double kBroughtFarLess = 0.7;
// Below this share of busy processors, it is not they that requests wait for.
constexpr double kCalmProcessors = 0.85;

const SettingObservation* find(const Observation& seen, std::string_view directive) {
  for (const SettingObservation& setting : seen.settings)
    if (setting.directive == directive) return &setting;
  return nullptr;
}

}  // namespace

Facts::Facts(const Observation& observation, const Policy& chosen)
    : seen(observation),
      policy(chosen),
      demand(demand_of(observation)),
      budget(memory_budget(observation)),
      cost(process_cost(observation, chosen)),
      growth(growth_of(observation)),
      enough(observation.samples >= chosen.min_samples &&
             observation.span_seconds >= chosen.min_span_seconds && observation.worker_limit > 0 &&
             observation.mpm.has_value()) {}

std::int64_t Facts::effective(std::string_view directive, std::int64_t fallback) const {
  const SettingObservation* setting = find(seen, directive);
  return setting != nullptr ? setting->effective : fallback;
}

std::int64_t Facts::written(std::string_view directive, std::int64_t fallback) const {
  const SettingObservation* setting = find(seen, directive);
  return setting != nullptr ? setting->written : fallback;
}

std::int64_t Facts::per_process() const {
  return threaded() ? std::max<std::int64_t>(1, effective("ThreadsPerChild", 1)) : 1;
}

Processes Facts::running() const {
  return Processes{(limit() + per_process() - 1) / per_process()};
}

std::optional<std::int64_t> Facts::workers_that_fit() const {
  if (!budget || !cost) return std::nullopt;
  return processes_that_fit(*budget, *cost, policy).value * per_process();
}

Processors Facts::processors() const {
  const LoadObservation& load = seen.load;
  const double own = load.cpu_own_share.value_or(0);
  if (filled_at_times()) return Processors::Ours;
  if (load.cpu_busy_share <= kFullProcessors && own <= kFullProcessors &&
      load.cpu_throttled_share <= kThrottled)
    return Processors::Free;
  if (own > kNearlyAllOfThem) return Processors::Ours;
  if (!load.cpu_ready_share) return Processors::Untold;
  return *load.cpu_ready_share > kMostlyReady ? Processors::Ours : Processors::Others;
}

bool Facts::filled_at_times() const {
  return seen.load.cpu_full_share > kFullLooks && is_pinned(seen);
}

const FullPool* Facts::larger_that_brought_less() const {
  const double now = seen.load.pinned_per_second;
  if (!is_pinned(seen)) return nullptr;
  const auto found = std::ranges::find_if(seen.full_pools, [&](const FullPool& pool) {
    return static_cast<double>(pool.workers) > kLarger * static_cast<double>(limit()) &&
           pool.seconds >= kLongFull && pool.per_second < kBroughtLess * now;
  });
  return found == seen.full_pools.end() ? nullptr : &*found;
}

const FullPool* Facts::smaller_that_brought_more() const {
  const double now = seen.load.pinned_per_second;
  if (!is_pinned(seen) || held_by_keepalive()) return nullptr;
  const FullPool* best = nullptr;
  for (const FullPool& pool : seen.full_pools) {
    if (kLarger * static_cast<double>(pool.workers) >= static_cast<double>(limit())) break;
    if (pool.seconds < kLongFull || now >= kBroughtFarLess * pool.per_second) continue;
    if (best == nullptr || pool.per_second > best->per_second) best = &pool;
  }
  return best;
}

bool Facts::paged() const {
  return budget && cost && cost->base + cost->typical * seen.memory->children > budget->total;
}

bool Facts::backend_full() const {
  return seen.load.plateau && !cpu_full() && seen.load.cpu_busy_share < kCalmProcessors && !paged();
}

bool Facts::ramping() const {
  return seen.load.ramping_share > kRampingShare;
}

bool Facts::overflowing() const {
  // They are counted for the whole network namespace: where nobody was ever seen waiting for this
  // server, they are another one's.
  return seen.load.overflows > 0 && seen.load.queue.max > 0 && !is_pinned(seen) && !deaf();
}

Bytes Facts::counted_now() const {
  const bool ends = growth && effective("MaxConnectionsPerChild") > 0;
  return ends ? std::max(cost->counted, cost->typical) : cost->large;
}

bool Facts::memory_fails() const {
  if (!budget || !cost) return false;
  return cost->base + counted_now() * running().value > budget->total;
}

bool Facts::held_by_keepalive() const {
  const LoadObservation& load = seen.load;
  // Under event an idle connection holds no worker.
  return seen.mpm != Mpm::Event && load.keepalive.mean > load.busy.mean &&
         load.keepalive.p95 * 2 > static_cast<double>(limit());
}

}  // namespace mpm::advise
