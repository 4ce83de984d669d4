// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/plan_waits.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "agent/advise/finding.h"
#include "agent/advise/plan_pool.h"
#include "agent/advise/reuse.h"

namespace mpm::advise {
namespace {

// Of the limit, workers in keep-alive that are worth a word.
constexpr double kWorthATenth = 0.1;
// Of those that wait, as many as have room where there is some.
constexpr double kSomeRoom = 0.15;
// Seconds that a client waits in the kernel where nothing but fewer clients would help.
constexpr double kShortWait = 0.25;
constexpr std::int64_t kShortest = 32;  // connections
constexpr std::int64_t kUsual = 511;

void set_wait(Draft& draft, std::int64_t least, std::int64_t workers, std::string because) {
  const std::int64_t fits = draft.facts.wait_that_fits(workers);
  std::string formula = fmt::format(
      "({} workers - {:.0f} needed to serve) / {:.0f} requests a second, in whole seconds", workers,
      draft.facts.demand.workers, draft.facts.requests_asked_for());
  if (fits < least)
    formula += fmt::format("; {} at least, for some of those that wait have room", least);
  draft.set("KeepAliveTimeout", std::max(least, fits),
            {.because = std::move(because),
             .formula = std::move(formula),
             .rule = "keepalive-holds-workers"});
}

// Memory has no room for all that are wanted, now or with as many workers as fit, and a worker that
// waits for an idle client keeps another client out.
void shorten_waits(Draft& draft) {
  const std::int64_t now = draft.value("KeepAliveTimeout");
  const double waiting = draft.facts.demand.keepalive;
  const auto fits = draft.facts.workers_that_fit();
  const bool too_few = draft.binds || number(draft.workers()) < draft.facts.need();
  if (draft.facts.seen.mpm == Mpm::Event || !too_few || !fits || now == 0) return;
  // Where requests take long because memory is paged, few wait for the next one yet.
  const double worth = draft.facts.memory_fails() ? 0 : kWorthATenth * number(draft.facts.limit());
  const double room = number(*fits) - draft.facts.demand.workers;
  if (waiting <= room || waiting <= worth) return;
  // A wait of a second spares most clients another handshake: 0 only where there is hardly room.
  const bool some = !draft.facts.memory_fails() && room > kSomeRoom * waiting;
  const std::int64_t least = some ? 1 : 0;
  if (std::max(least, draft.facts.wait_that_fits(*fits)) >= now) return;
  set_wait(draft, least, *fits,
           fmt::format("Memory holds {} workers, {:.0f} are needed to serve, and {:.0f} wait for "
                       "clients that say nothing.",
                       *fits, draft.facts.demand.workers, waiting));
}

// The kernel turns clients away while all workers are busy, most of them with a wait.
void free_the_waiting(Draft& draft, std::int64_t to) {
  const LoadObservation& load = draft.facts.seen.load;
  set_wait(draft, 0, draft.facts.limit(),
           fmt::format("The kernel turned clients away {} times while {:.0f} of {} workers waited "
                       "for those that say nothing; at {} s after each request there is room for "
                       "all.",
                       load.overflows, load.keepalive.p50, draft.facts.limit(), to));
}

// All that wait could serve when a crowd comes, and be more than what is behind httpd holds.
void end_waits(Draft& draft) {
  const std::int64_t now = draft.value("KeepAliveTimeout");
  const std::int64_t workers = draft.workers();
  if (!draft.cap.ends_waits || workers >= draft.facts.limit()) return;
  if (draft.facts.wait_that_fits(workers) >= now) return;
  set_wait(draft, 0, workers,
           fmt::format("Up to {:.0f} workers waited for clients that say nothing, and all of them "
                       "serve when a crowd comes; something behind httpd is full with fewer.",
                       draft.facts.demand.keepalive));
}

void keep_the_reuse(Draft& draft) {
  const std::int64_t now = draft.facts.effective("KeepAliveTimeout");
  if (!draft.facts.held_by_keepalive() || now == 0) return;
  const std::int64_t fits = draft.facts.wait_that_fits(draft.facts.limit());
  if (draft.facts.waits_keep_out() && fits <= 1 && fits < now) return free_the_waiting(draft, fits);
  if (now == 1) return;
  const LoadObservation& load = draft.facts.seen.load;
  std::string because =
      fmt::format("At {} s, {:.0f} of {} workers wait for clients that say nothing.", now,
                  load.keepalive.p50, draft.facts.limit());
  const auto reuse = reuse_of(load.waiting_by_age, now);
  const std::int64_t to = reuse ? reuse->timeout : now > 2 ? 2 : 1;
  std::string formula =
      "2 s, or 1 s where that is in force: no shorter wait keeps the re-use, or too little was "
      "seen";
  if (reuse) {
    because += fmt::format(
        " Of those that come in time, {:.0f} % do so within {} s, and {:.0f} % of "
        "the workers that wait would be free.",
        100 * reuse->kept, reuse->timeout, 100 * reuse->freed);
    formula = fmt::format(
        "the shortest of 1, 2, 3, 5, 10 s that keeps 85 % of what P(T > u) falls by "
        "until {} s; P(T > u) from the ages of the waits",
        now);
  }
  if (to >= now) return;
  draft.set("KeepAliveTimeout", to,
            {.because = std::move(because),
             .formula = std::move(formula),
             .rule = "keepalive-holds-workers"});
}

// event: processes often refuse clients, and neither more workers nor a larger factor makes room:
// those that say nothing have to go sooner. A second spares most of them another handshake.
void free_connections(Draft& draft) {
  constexpr std::string_view kFactor = "AsyncRequestWorkerFactor";
  const Facts& facts = draft.facts;
  const LoadObservation& load = facts.seen.load;
  const std::int64_t now = draft.value("KeepAliveTimeout");
  const bool more =
      draft.workers() > facts.limit() || draft.value(kFactor) > facts.effective(kFactor);
  if (facts.seen.mpm != Mpm::Event || load.deaf_share <= kOften || more || now <= 1) return;
  const double has_room = load.connections.max - load.busy.p95;
  const double wants_some = connections_wanted(facts) - load.busy.p95;
  if (has_room <= 0) return;
  const auto to =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(number(now) * has_room / wants_some));
  draft.set(
      "KeepAliveTimeout", to,
      {.because = fmt::format("Processes hold {:.0f} connections, most of them of clients that "
                              "say nothing, and refuse others while workers are idle.",
                              load.connections.max),
       .formula = fmt::format("{} s x {:.0f} connections that have room / {:.0f} that want "
                              "some, in whole seconds and at least 1 s",
                              now, has_room, wants_some),
       .rule = "connections-exhausted"});
}

// Connections that the workers as planned accept within a quarter of a second. While memory does
// not hold, what ends says nothing, and the time of a request when nobody waited does; where that
// is not known either, the queue shrinks as the pool does.
struct Queue {
  double connections = 0;
  std::string formula;
};

Queue short_queue(const Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  if (draft.facts.collapses()) {
    const double best = load.plateau->best_per_second;
    return {kShortWait * best, fmt::format("0.25 s x {:.0f} requests a second at best", best)};
  }
  double served = is_pinned(draft.facts.seen) && load.pinned_per_second > 0
                      ? load.pinned_per_second
                      : load.completed_per_second;
  if (draft.facts.memory_fails()) {
    if (load.calm_service_seconds <= 0) {
      const std::int64_t now = draft.facts.effective("ListenBacklog");
      return {number(now) * number(draft.workers()) / number(draft.facts.limit()),
              fmt::format("{} x {} of {} workers", now, draft.workers(), draft.facts.limit())};
    }
    served = number(draft.workers()) / load.calm_service_seconds;
  }
  return {kShortWait * served, fmt::format("0.25 s x {:.0f} requests a second", served)};
}

// Where nothing but fewer clients would help, a long queue serves those that have gone.
void shorten_backlog(Draft& draft) {
  const Queue queue = short_queue(draft);
  const auto to = static_cast<std::int64_t>(
      std::clamp(std::ceil(queue.connections), number(kShortest), number(kUsual)));
  if (number(to) > kWorthLess * number(draft.facts.effective("ListenBacklog"))) return;
  draft.set(
      "ListenBacklog", to,
      {.because = fmt::format(
           "With no more workers than these, who would wait longer than a quarter of a second is "
           "better left to try again, as clients do after 1, 3 and 7 s: {} connections are as "
           "much.",
           to),
       .formula = fmt::format("{}, {} to {}", queue.formula, kShortest, kUsual),
       .rule = "workers-exhausted"});
}

}  // namespace

void plan_keepalive(Draft& draft) {
  end_waits(draft);
  keep_the_reuse(draft);
  shorten_waits(draft);
  free_connections(draft);
}

void plan_backlog(Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  if (draft.binds) return shorten_backlog(draft);
  if (!draft.facts.overflowing()) return;
  const std::int64_t now = draft.facts.effective("ListenBacklog");
  const std::int64_t most = draft.facts.seen.host.somaxconn;
  const double wanted = std::max(number(kUsual), std::ceil(2 * load.arrived_per_second));
  const auto to = static_cast<std::int64_t>(std::min(number(most), wanted));
  if (now == 0 || to <= now) return;
  draft.set("ListenBacklog", to,
            {.because =
                 fmt::format("The kernel turned connections away {} times while workers were free; "
                             "{} hold two seconds of arrivals.",
                             load.overflows, to),
             .formula = fmt::format(
                 "2 x {:.0f} arrivals a second, at least 511, at most net.core.somaxconn "
                 "{}",
                 load.arrived_per_second, most),
             .rule = "listen-overflows"});
}

}  // namespace mpm::advise
