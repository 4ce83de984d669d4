// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/plan_pool.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "agent/advise/cap.h"
#include "agent/advise/finding.h"
#include "agent/advise/php_pool.h"
#include "agent/advise/pool_size.h"

namespace mpm::advise {
namespace {

constexpr std::int64_t kMostFactor = 10;
constexpr std::int64_t kFewest = 5;  // workers, whatever is full
// As much as is added to the connections that were seen: for fewer processes more than that, those
// that there are would do.
constexpr double kConnectionMargin = 1.25;

std::int64_t down_to_multiple(std::int64_t value, std::int64_t of) {
  return std::max(of, value / of * of);
}

void fit_memory(Draft& draft, std::int64_t fits) {
  const std::int64_t to = down_to_multiple(fits, draft.facts.per_process());
  draft.binds = is_pinned(draft.facts.seen);
  if (to < draft.facts.limit())
    draft.set(draft.facts.pool_directive(), to,
              {.because = fmt::format(
                   "{} leaves room for {} workers; with {} busy the memory would not hold.",
                   draft.facts.budget->bound, fits, draft.facts.limit()),
               .formula = in_multiples(draft.facts, memory_formula(draft.facts, fits), to),
               .rule = "memory-overcommitted"});
}

void keep_below(Draft& draft, const Cap& cap) {
  draft.binds = true;
  const std::int64_t unit = draft.facts.per_process();
  const std::int64_t workers = std::max<std::int64_t>(kFewest, std::llround(cap.workers));
  // One process of fewer threads comes nearer than one of too many.
  const bool fewer_threads = draft.facts.threaded() && cap.workers < kWorthLess * number(unit);
  const std::int64_t processes =
      std::max<std::int64_t>(1, std::llround(cap.workers / number(unit)));
  const std::int64_t to = fewer_threads || unit == 1 ? workers : processes * unit;
  if (fewer_threads)
    draft.set("ThreadsPerChild", to,
              {.because = "One process of so many threads is all that is wanted.",
               .formula = cap.formula,
               .rule = cap.rule});
  if (to < draft.facts.limit())
    draft.set(draft.facts.pool_directive(), to,
              {.because = cap.because,
               .formula = in_multiples(draft.facts, cap.formula, to),
               .rule = cap.rule});
}

// Of a pool that goes gently on: two processes of that many threads would be more than is wanted.
// True: done.
bool widened(Draft& draft, std::int64_t fits, const Cap& cap) {
  if (cap.rule != kLargerPool) return false;
  const std::int64_t unit = draft.facts.per_process();
  const auto to =
      std::min(static_cast<std::int64_t>(cap.growth), draft.facts.effective("ThreadLimit", unit));
  const bool only_process = draft.facts.threaded() && draft.facts.limit() == unit;
  // A process of more threads takes more memory, and less than two of them.
  if (!only_process || to <= unit || to >= 2 * unit || fits < 2 * unit) return false;
  const Draft::Reason reason{.because = cap.because, .formula = cap.formula, .rule = cap.rule};
  draft.set("ThreadsPerChild", to, reason);
  draft.set(draft.facts.pool_directive(), to, reason);
  return true;
}

void grow(Draft& draft, std::int64_t fits, const Cap& cap) {
  const Demand& demand = draft.facts.demand;
  const bool pinned = is_pinned(draft.facts.seen);
  const auto limit = number(draft.facts.limit());
  const std::int64_t unit = draft.facts.per_process();
  double want =
      std::max(draft.facts.policy.headroom * demand.workers + kKeepaliveMargin * demand.keepalive,
               draft.facts.policy.headroom * demand.past);
  if (pinned) want = std::clamp(want, kPinnedGrowth * limit, kLongestStep * limit);
  const std::int64_t wanted = up_to_multiple(want, unit);
  const bool capped = number(wanted) > cap.growth && !cap.formula.empty();
  draft.binds = pinned && (capped || wanted > fits);
  if (capped && widened(draft, fits, cap)) return;
  const double most = std::min(cap.growth, number(fits));
  const std::int64_t to = std::min(wanted, down_to_multiple(static_cast<std::int64_t>(most), unit));
  if (to <= draft.facts.limit()) return;
  const bool by_cap = capped && cap.growth < number(fits);
  draft.set(draft.facts.pool_directive(), to,
            {.because = by_cap ? cap.because : because_of_demand(draft.facts, to, wanted, fits),
             .formula = in_multiples(
                 draft.facts,
                 by_cap ? cap.formula
                        : demand_formula(draft.facts) + "; " + memory_formula(draft.facts, fits),
                 to),
             .rule = pinned ? "workers-exhausted" : "workers-nearly-exhausted"});
}

}  // namespace

void plan_workers(Draft& draft) {
  const auto fits = draft.facts.workers_that_fit();
  const Cap cap = cap_of(draft.facts);
  const bool fails = fits && *fits < draft.facts.limit() && draft.facts.memory_fails();
  const double room =
      fails ? number(std::max(*fits, draft.facts.per_process())) : number(draft.facts.limit());
  if (is_pinned(draft.facts.seen) && cap.workers <= room &&
      cap.workers <= kWorthLess * number(draft.facts.limit()))
    return keep_below(draft, cap);
  if (fails) return fit_memory(draft, *fits);
  // More workers help neither against idle clients nor against a php-fpm that is full, and without
  // the memory of a warm child nobody knows how many there may be.
  if (draft.facts.held_by_keepalive() || full_php_pool(draft.facts.seen) != nullptr || !fits)
    return;
  if (is_pinned(draft.facts.seen) || draft.facts.near_limit()) grow(draft, *fits, cap);
}

// event: a process accepts while its connections are fewer than its threads and the factor's
// share of its idle ones (connections_above_limit in event.c).
void plan_connections(Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  if (draft.facts.seen.mpm != Mpm::Event || !draft.facts.deaf()) return;
  const std::int64_t unit = draft.facts.per_process();
  const std::int64_t factor =
      std::max<std::int64_t>(1, draft.facts.effective("AsyncRequestWorkerFactor", 2));
  const double wanted = kConnectionMargin * std::max(load.connections.max, 1.0);
  if (load.busy.p99 < 0.5 * number(draft.facts.limit())) {
    const auto to = std::min<std::int64_t>(
        kMostFactor,
        static_cast<std::int64_t>(std::ceil(wanted / number(draft.facts.limit()))) - 1);
    if (to > factor)
      draft.set(
          "AsyncRequestWorkerFactor", to,
          {.because = fmt::format(
               "Up to {:.0f} connections were open and few workers busy; {} connections for each "
               "idle worker make room without a process more.",
               load.connections.max, to),
           .formula = fmt::format("1.25 x {:.0f} connections / {} workers - 1, at most {}",
                                  load.connections.max, draft.facts.limit(), kMostFactor),
           .rule = "connections-exhausted"});
    return;
  }
  const auto needed =
      static_cast<std::int64_t>(std::ceil(wanted / static_cast<double>(unit * (1 + factor))));
  const auto fits = draft.facts.workers_that_fit();
  if (!fits) return;
  const double limit = number(draft.facts.limit());
  const auto furthest =
      static_cast<std::int64_t>(std::min(kLongestStep * limit, cap_of(draft.facts).workers));
  const std::int64_t to =
      std::min({needed * unit, down_to_multiple(*fits, unit), down_to_multiple(furthest, unit)});
  if (number(to) >= kConnectionMargin * limit && to > draft.value("MaxRequestWorkers"))
    draft.set("MaxRequestWorkers", to,
              {.because = fmt::format(
                   "Up to {:.0f} connections were open; {} processes hold them with room.",
                   load.connections.max, to / unit),
               .formula = fmt::format("1.25 x {:.0f} connections / ({} x (1 + {})) processes",
                                      load.connections.max, unit, factor),
               .rule = "connections-exhausted"});
}

}  // namespace mpm::advise
