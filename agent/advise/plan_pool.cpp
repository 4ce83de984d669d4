// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/plan_pool.h"

#include <algorithm>
#include <cmath>
#include <limits>

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
// Of the connections that are served or wait, those that there are when some are kept.
constexpr double kSomeKept = 1.02;
// Of the limit, twice the need: with that, far more workers than are needed.
constexpr double kFarMore = 0.5;
// Times the need: the limit is not near then, and hardly more than are needed could wait.
constexpr double kBeyondNear = 1.3;
// Times the workers that help, where connections want more.
constexpr double kMostMore = 2;
// Of those that were seen where others were refused: as many again are hidden at least.
constexpr double kHiddenConnections = 1.5;

std::int64_t down_to_multiple(std::int64_t value, std::int64_t of) {
  return std::max(of, value / of * of);
}

// Whether there are connections that are neither served nor wait in the kernel: under event they
// hold no worker, and workers hold them. Where all are slow those of other clients may be kept as
// well when they are not.
bool are_kept(const LoadObservation& load) {
  return load.connections.mean > kSomeKept * (load.busy.mean + load.queue.mean);
}

// As many as hold the connections that there are, with as many for each of them as may be, and not
// many more than help.
double with_connections(const Facts& facts, double workers, double room) {
  if (facts.seen.mpm != Mpm::Event || !are_kept(facts.seen.load)) return workers;
  const double hold = facts.seen.load.connections.max / (1 + kMostFactor);
  return std::clamp(hold, workers, std::max(workers, std::min(kMostMore * workers, room)));
}

void fit_memory(Draft& draft, std::int64_t fits) {
  const std::int64_t to = down_to_multiple(fits, draft.facts.per_process());
  draft.binds = draft.binds || is_pinned(draft.facts.seen);
  if (to < draft.facts.limit())
    draft.set(draft.facts.pool_directive(), to,
              {.because = fmt::format(
                   "{} leaves room for {} workers; with {} busy the memory would not hold.",
                   draft.facts.budget->bound, fits, draft.facts.limit()),
               .formula = in_multiples(draft.facts, memory_formula(draft.facts, fits), to),
               .rule = "memory-overcommitted"});
}

// Of those that keep the processors running not far fewer are left by whole processes: a few more
// only wait a little, and what fewer leave undone somebody waits for.
std::int64_t not_far_fewer(const Cap& cap, std::int64_t whole, double wanted, std::int64_t unit) {
  const bool far_fewer = cap.rule == kProcessors && number(whole) < kWorthLess * wanted;
  return far_fewer ? whole + unit : whole;
}

std::int64_t nearest_processes(const Cap& cap, double wanted, std::int64_t unit) {
  const auto processes = std::max<std::int64_t>(1, std::llround(wanted / number(unit)));
  return not_far_fewer(cap, processes * unit, wanted, unit);
}

void keep_below(Draft& draft, const Cap& cap, double room) {
  const std::int64_t unit = draft.facts.per_process();
  const double wanted = with_connections(draft.facts, cap.workers, room);
  const std::int64_t workers = std::max<std::int64_t>(kFewest, std::llround(wanted));
  // One process of fewer threads comes nearer than one of too many.
  const bool fewer_threads = draft.facts.threaded() && wanted < kWorthLess * number(unit);
  const std::int64_t to =
      fewer_threads || unit == 1 ? workers : nearest_processes(cap, wanted, unit);
  if (fewer_threads)
    draft.set("ThreadsPerChild", to,
              {.because = "One process of so many threads is all that is wanted.",
               .formula = cap.formula,
               .rule = cap.rule});
  // Without its last process there would be too few, and it would be wanted again.
  const bool last = cap.rule == kProcessors && !fewer_threads &&
                    up_to_multiple(wanted, unit) >= draft.facts.limit();
  if (to < draft.facts.limit() && !last)
    draft.set(draft.facts.pool_directive(), to,
              {.because = cap.because,
               .formula = in_multiples(draft.facts, cap.formula, to),
               .rule = cap.rule});
}

// Something behind httpd is full with the few that are busy, and far more workers than are needed
// could only wait there when a crowd comes.
bool has_room_to_wait(const Facts& facts, double room) {
  const bool connections = facts.seen.mpm == Mpm::Event && are_kept(facts.seen.load);
  return facts.backend_full() && !is_pinned(facts.seen) && !facts.deaf() && !connections &&
         facts.policy.headroom * facts.need() <= std::min(room, kFarMore * number(facts.limit()));
}

void keep_some_room(Draft& draft) {
  const Facts& facts = draft.facts;
  const double wanted = std::ceil(kBeyondNear * facts.need());
  const auto unit = facts.per_process();
  // A process less may be too near to the need.
  const double workers =
      wanted < kWorthLess * number(unit) ? wanted : number(up_to_multiple(wanted, unit));
  keep_below(draft,
             {.workers = workers,
              .growth = workers,
              .because = fmt::format(
                  "Something behind httpd is full with {:.0f} requests at once; of {} workers most "
                  "could only wait there when a crowd comes, and make it slower.",
                  facts.seen.load.plateau->workers, facts.limit()),
              .formula = fmt::format("{:.1f} x {:.0f} needed", kBeyondNear, facts.need()),
              .rule = "backend-saturated"},
             number(facts.limit()));
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

std::int64_t furthest(const Cap& cap, double room, std::int64_t unit) {
  const double most = std::min(cap.growth, room);
  return not_far_fewer(cap, down_to_multiple(static_cast<std::int64_t>(most), unit), most, unit);
}

void grow(Draft& draft, std::int64_t fits, const Cap& cap) {
  const Demand& demand = draft.facts.demand;
  const bool pinned = is_pinned(draft.facts.seen);
  const auto limit = number(draft.facts.limit());
  const std::int64_t unit = draft.facts.per_process();
  const double waits = kKeepaliveMargin * demand.keepalive;
  double want = std::max(draft.facts.policy.headroom * demand.workers + waits,
                         draft.facts.policy.headroom * demand.past);
  if (pinned) want = std::clamp(want, kPinnedGrowth * limit, kLongestStep * limit);
  // Nobody waits for a worker, and more than keep the processors running would wait for these.
  const double running = draft.facts.calm_seconds() > 0 ? draft.facts.keep_running() : 0;
  if (!pinned && running > 0) want = std::min(want, std::max(limit, running + waits));
  const std::int64_t wanted = up_to_multiple(want, unit);
  const bool capped = number(wanted) > cap.growth && !cap.formula.empty();
  draft.binds = draft.binds || (pinned && (capped || wanted > fits));
  if (capped && widened(draft, fits, cap)) return;
  const std::int64_t to =
      std::min({wanted, down_to_multiple(fits, unit), furthest(cap, number(fits), unit)});
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

// event: a process accepts while its connections are fewer than its threads and the factor's
// share of its idle ones (connections_above_limit in event.c).
std::int64_t factor_of(const Draft& draft) {
  return std::max<std::int64_t>(1, draft.facts.effective("AsyncRequestWorkerFactor", 2));
}

// Busy workers take their own connections and no others. Those that keep the processors running are
// as busy as before when there are fewer of them; behind a backend's cap that is not known.
double busy_meanwhile(const Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  if (draft.facts.deaf()) return load.busy.p95;
  const bool fewer = draft.workers() < draft.facts.limit() && draft.cap.rule == kProcessors;
  return fewer ? load.busy.p50 : 0;
}

// The factor with which the workers hold the connections; infinity: none does.
double factor_wanted(const Draft& draft) {
  const double workers = number(draft.workers());
  const double idle = workers - busy_meanwhile(draft);
  return idle > 0 ? std::ceil((connections_wanted(draft.facts) - workers) / idle)
                  : std::numeric_limits<double>::infinity();
}

void raise_factor(Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  const auto to = static_cast<std::int64_t>(std::min(number(kMostFactor), factor_wanted(draft)));
  if (to <= factor_of(draft)) return;
  const double busy = busy_meanwhile(draft);
  draft.set("AsyncRequestWorkerFactor", to,
            {.because = fmt::format("Up to {:.0f} connections were open; {} of them for each idle "
                                    "worker of {} make room without a process more.",
                                    load.connections.max, to, draft.workers()),
             .formula = fmt::format("({:.0f} connections - {} workers) / {:.0f} of them idle, at "
                                    "most {}",
                                    connections_wanted(draft.facts), draft.workers(),
                                    std::max(0.0, number(draft.workers()) - busy), kMostFactor),
             .rule = "connections-exhausted"});
}

void add_processes(Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  const auto fits = draft.facts.workers_that_fit();
  if (!fits) return;
  const std::int64_t unit = draft.facts.per_process();
  const auto factor = number(factor_of(draft));
  const double busy = busy_meanwhile(draft);
  const double wanted = (connections_wanted(draft.facts) + factor * busy) / (1 + factor);
  const double limit = number(draft.facts.limit());
  const auto furthest = static_cast<std::int64_t>(std::min(kLongestStep * limit, draft.cap.growth));
  const std::int64_t to = std::min({up_to_multiple(wanted, unit), down_to_multiple(*fits, unit),
                                    down_to_multiple(furthest, unit)});
  if (number(to) < kConnectionMargin * limit || to <= draft.value("MaxRequestWorkers")) return;
  draft.set(
      "MaxRequestWorkers", to,
      {.because = fmt::format("Up to {:.0f} connections were open; {} processes hold them "
                              "with room.",
                              load.connections.max, to / unit),
       .formula = in_multiples(draft.facts,
                               fmt::format("({:.0f} connections + {} x {:.0f} busy) / (1 + {})",
                                           connections_wanted(draft.facts), factor, busy, factor),
                               to),
       .rule = "connections-exhausted"});
}

}  // namespace

double connections_wanted(const Facts& facts) {
  return (facts.deaf() ? kHiddenConnections : kConnectionMargin) * facts.seen.load.connections.max;
}

void plan_workers(Draft& draft) {
  const Facts& facts = draft.facts;
  const auto fits = facts.workers_that_fit();
  const Cap& cap = draft.cap;
  const auto limit = number(facts.limit());
  const bool fails = fits && *fits < facts.limit() && facts.memory_fails();
  const double room = fails ? number(std::max(*fits, facts.per_process())) : limit;
  // Not all of them, and still more than the processors keep running; or clients are refused whom
  // nothing but processors would help. While memory does not hold that is not known.
  const bool burning = facts.cpu_full() && !facts.memory_fails();
  const double used = (are_kept(facts.seen.load) ? kWorthLess : 1) * facts.seen.load.busy.p99;
  const bool harmed = burning || facts.collapses();
  const bool beyond = harmed && cap.workers < limit && cap.workers < used;
  draft.binds = beyond || (burning && cap.growth <= limit && facts.deaf());
  if ((beyond || is_pinned(facts.seen)) && cap.workers <= room &&
      cap.workers <= kWorthLess * limit) {
    draft.binds = true;
    return keep_below(draft, cap, room);
  }
  if (has_room_to_wait(facts, room)) return keep_some_room(draft);
  if (fails) return fit_memory(draft, *fits);
  // More workers help neither against idle clients nor against a php-fpm that is full, and without
  // the memory of a warm child nobody knows how many there may be.
  if (facts.held_by_keepalive() || full_php_pool(facts.seen) != nullptr || !fits) return;
  if (is_pinned(facts.seen) || facts.near_limit()) grow(draft, *fits, cap);
}

void plan_connections(Draft& draft) {
  const Facts& facts = draft.facts;
  const bool fewer = draft.workers() < facts.limit() && are_kept(facts.seen.load);
  if (facts.seen.mpm != Mpm::Event || (!facts.deaf() && !fewer)) return;
  const bool idle = facts.seen.load.busy.p99 < 0.6 * number(facts.limit());
  const bool enough = factor_wanted(draft) <= number(kMostFactor);
  if (!fewer && !draft.binds && !(idle && enough)) add_processes(draft);
  // Those that there are hold more as well.
  if (draft.workers() <= facts.limit()) raise_factor(draft);
}

}  // namespace mpm::advise
