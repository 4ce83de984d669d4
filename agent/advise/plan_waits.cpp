// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/plan_waits.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "agent/advise/finding.h"
#include "agent/advise/reuse.h"

namespace mpm::advise {
namespace {

// Of the limit, workers in keep-alive that are worth a word; of KeepAliveTimeout, the least that is
// worth waiting; of the room for those that wait, what they may fill.
constexpr double kWorthATenth = 0.1;
constexpr double kLeastPart = 0.15;
constexpr double kOfTheRoom = 0.8;
// Seconds that a client waits in the kernel where nothing but fewer clients would help.
constexpr double kShortWait = 0.5;
constexpr std::int64_t kShortest = 64;  // connections
constexpr std::int64_t kUsual = 511;

// Memory has no room for all that are wanted, now or with as many workers as fit, and a worker that
// waits for an idle client keeps another client out. Below 15 % of the time a wait is hardly ever
// worth it.
void shorten_waits(Draft& draft) {
  const std::int64_t now = draft.value("KeepAliveTimeout");
  const double waiting = draft.facts.demand.keepalive;
  const auto fits = draft.facts.workers_that_fit();
  const bool too_few = draft.binds || number(draft.workers()) < draft.facts.need();
  if (draft.facts.seen.mpm == Mpm::Event || !too_few || !fits || now == 0) return;
  const double room = std::max(0.0, number(*fits) - draft.facts.demand.workers);
  if (waiting <= room || waiting < kWorthATenth * number(draft.facts.limit())) return;
  const double part = room / waiting;
  const auto to =
      part < kLeastPart ? 0 : static_cast<std::int64_t>(kOfTheRoom * part * number(now));
  if (to >= now) return;
  draft.set(
      "KeepAliveTimeout", to,
      {.because = fmt::format("Memory holds {} workers, {:.0f} are needed to serve, and {:.0f} "
                              "wait for clients that say nothing.",
                              *fits, draft.facts.demand.workers, waiting),
       .formula = fmt::format("0.8 x {} s x {:.0f} with room for them / {:.0f} that wait, 0 below "
                              "15 %",
                              now, room, waiting),
       .rule = "keepalive-holds-workers"});
}

// The kernel turns clients away while all workers are busy, most of them with a wait. After each
// request a worker waits so long at most, and of the requests those are hidden that never came in.
std::optional<std::int64_t> wait_that_fits(const Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  if (!is_pinned(draft.facts.seen) || load.overflows == 0) return std::nullopt;
  const double room = std::max(0.0, number(draft.facts.limit()) - draft.facts.demand.workers);
  const double requests = draft.facts.policy.headroom * std::max(1.0, load.arrived_per_second);
  return static_cast<std::int64_t>(room / requests);
}

void free_the_waiting(Draft& draft, std::int64_t to) {
  const LoadObservation& load = draft.facts.seen.load;
  const std::int64_t now = draft.facts.effective("KeepAliveTimeout");
  draft.set("KeepAliveTimeout", to,
            {.because = fmt::format("The kernel turned clients away {} times while {:.0f} of {} "
                                    "workers waited for those that say nothing; at {} s after "
                                    "each request there is room for all.",
                                    load.overflows, load.keepalive.p50, draft.facts.limit(), to),
             .formula = fmt::format("({} workers - {:.0f} needed to serve) / ({:.1f} x {:.0f} "
                                    "requests a second), in whole seconds, less than {} s",
                                    draft.facts.limit(), draft.facts.demand.workers,
                                    draft.facts.policy.headroom, load.arrived_per_second, now),
             .rule = "keepalive-holds-workers"});
}

void keep_the_reuse(Draft& draft) {
  const std::int64_t now = draft.facts.effective("KeepAliveTimeout");
  if (!draft.facts.held_by_keepalive() || now == 0) return;
  const auto fits = wait_that_fits(draft);
  if (fits && *fits <= 1 && *fits < now) return free_the_waiting(draft, *fits);
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

// Connections that the workers as planned accept within half a second. While memory does not hold,
// what ends says nothing, and the time of a request when nobody waited does; where that is not
// known either, the queue shrinks as the pool does.
struct Queue {
  double connections = 0;
  std::string formula;
};

Queue short_queue(const Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  double served = load.completed_per_second;
  if (draft.facts.memory_fails()) {
    if (load.calm_service_seconds <= 0) {
      const std::int64_t now = draft.facts.effective("ListenBacklog");
      return {number(now) * number(draft.workers()) / number(draft.facts.limit()),
              fmt::format("{} x {} of {} workers", now, draft.workers(), draft.facts.limit())};
    }
    served = number(draft.workers()) / load.calm_service_seconds;
  }
  return {kShortWait * served, fmt::format("0.5 s x {:.0f} requests a second", served)};
}

// Where nothing but fewer clients would help, a long queue serves those that have gone.
void shorten_backlog(Draft& draft) {
  const Queue queue = short_queue(draft);
  const std::int64_t to =
      std::clamp(static_cast<std::int64_t>(std::ceil(queue.connections)), kShortest, kUsual);
  if (number(to) > kWorthLess * number(draft.facts.effective("ListenBacklog"))) return;
  draft.set("ListenBacklog", to,
            {.because = fmt::format("There can be no more workers, so that who waits longer than "
                                    "half a second is better turned away: {} connections are as "
                                    "much.",
                                    to),
             .formula = fmt::format("{}, {} to {}", queue.formula, kShortest, kUsual),
             .rule = "workers-exhausted"});
}

}  // namespace

void plan_keepalive(Draft& draft) {
  keep_the_reuse(draft);
  shorten_waits(draft);
}

void plan_backlog(Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  if (draft.binds) return shorten_backlog(draft);
  if (!draft.facts.overflowing()) return;
  const std::int64_t now = draft.facts.effective("ListenBacklog");
  const std::int64_t most = draft.facts.seen.host.somaxconn;
  const auto wanted = static_cast<std::int64_t>(std::ceil(2 * load.arrived_per_second));
  const std::int64_t to = std::min(most, std::max<std::int64_t>(511, wanted));
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
