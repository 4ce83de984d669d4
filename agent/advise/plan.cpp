// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/plan.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "agent/advise/cap.h"
#include "agent/advise/draft.h"
#include "agent/advise/finding.h"
#include "agent/advise/plan_pool.h"
#include "agent/advise/plan_waits.h"
#include "agent/advise/spares.h"
#include "agent/apache/directives.h"

namespace mpm::advise {
namespace {

constexpr std::int64_t kLongestLife = 100000;

void plan_processes(Draft& draft) {
  const std::int64_t needed = draft.processes();
  const std::int64_t limit = draft.facts.effective("ServerLimit");
  if (limit == 0) return;
  if (draft.facts.seen.mpm != Mpm::Event) {
    if (needed > limit)
      draft.set(
          "ServerLimit", needed,
          {.because = fmt::format("MaxRequestWorkers {} needs {} processes.",
                                  draft.value("MaxRequestWorkers"), needed),
           .formula = fmt::format("{} workers / {} a process", draft.value("MaxRequestWorkers"),
                                  draft.facts.per_process()),
           .rule = "workers-exhausted"});
    return;
  }
  if (limit > needed) return;
  std::int64_t to = needed + std::max<std::int64_t>(1, needed / 4);
  if (draft.facts.budget && draft.facts.cost)
    to = std::clamp(
        processes_that_fit(*draft.facts.budget, *draft.facts.cost, draft.facts.policy).value, to,
        std::max(to, 2 * needed));
  draft.set(
      "ServerLimit", to,
      {.because = fmt::format("MaxRequestWorkers fills {} processes; the others are for old ones "
                              "that finish their requests after a reload.",
                              needed),
       .formula = fmt::format(
           "2 x {} processes, as far as memory holds, and at least a quarter more", needed),
       .rule = "server-limit-without-slack"});
}

// Workers that are all wanted again with the next burst, and that memory is kept for anyway.
void keep_all(Draft& draft) {
  const Draft::Reason reason{
      .because =
          "All workers that may be are wanted, and memory is kept for them: none is "
          "ended to be started again.",
      .formula = fmt::format("MaxRequestWorkers {}", draft.workers()),
      .rule = "workers-exhausted"};
  draft.set(draft.least(), draft.workers(), reason);
  if (draft.processes() > draft.value("StartServers"))
    draft.set("StartServers", draft.processes(), reason);
}

// Whether the idle workers that are kept now, and the processes that httpd starts meanwhile, would
// have served all that was ever asked for: who waited for a process then did so because requests
// took longer, and more at once help none of them.
bool always_ready(const Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  const double usual = load.busy.p50 + load.keepalive.p50;
  if (is_pinned(draft.facts.seen)) return false;  // the limit hides what was asked for
  const std::int64_t ready =
      draft.value(draft.least()) + started_after(2) * draft.facts.per_process();
  return load.offered.count > 0 &&
         load.offered.max + load.keepalive.max <= usual + static_cast<double>(ready);
}

void plan_spares(Draft& draft) {
  const LoadObservation& load = draft.facts.seen.load;
  if (draft.facts.seen.mpm == Mpm::Winnt) return;
  if (draft.binds) return keep_all(draft);
  // What rose then was the time of the requests.
  const bool disturbed = draft.facts.cpu_full() || draft.facts.backend_full();
  if (!draft.facts.ramping() || disturbed || always_ready(draft)) return;
  const std::int64_t unit = draft.facts.per_process();
  // Where neighbouring looks are too far apart to see a rise, all of it may come at once.
  const std::vector<double> rises =
      load.rises.empty() ? std::vector{load.busy.p99 - load.busy.p50 + load.queue.p95} : load.rises;
  const Spares spares = spares_for(rises, load.busy.p50, unit);
  const std::int64_t now = draft.value(draft.least());
  const auto most = static_cast<double>(std::max(now, draft.workers()));
  const auto to = static_cast<std::int64_t>(
      std::clamp(std::ceil(spares.wanted), static_cast<double>(now), most));
  if (to == now) return;
  draft.set(
      draft.least(), to,
      {.because =
           fmt::format("The load can rise by {:.0f} workers within {} s, and httpd adds {} in "
                       "that time: it starts 1, 2, 4 processes a second.",
                       spares.worst.workers, spares.worst.seconds, spares.started),
       .formula = fmt::format(
           "1.15 x {:.0f} - {} + 2 x sqrt({:.0f} usually busy) = {:.0f}, at most {}",
           spares.worst.workers, spares.started, load.busy.p50, spares.wanted, draft.workers()),
       .rule = "ramp-limited"});
  const auto flapping = static_cast<std::int64_t>((load.busy.p99 - load.busy.p50) / 2);
  const std::int64_t upper = to + std::max<std::int64_t>(unit + 1, 5) + flapping;
  if (upper > draft.value(draft.most()))
    draft.set(
        draft.most(), upper,
        {.because = "It stays clear of the lower bound, or processes would come and go.",
         .formula = fmt::format("{} {} + {} + half of what the busy workers vary by, {}",
                                draft.least(), to, std::max<std::int64_t>(unit + 1, 5), flapping),
         .rule = "ramp-limited"});
  const std::int64_t start = std::min(
      draft.processes(), up_to_multiple(load.busy.p95 + static_cast<double>(to), unit) / unit);
  if (start > draft.value("StartServers"))
    draft.set(
        "StartServers", start,
        {.because = "A start or a reload begins with enough for the usual load.",
         .formula = fmt::format("({:.0f} busy, the 95th percentile, + {} {}) / {}, at most {}",
                                load.busy.p95, draft.least(), to, unit, draft.processes()),
         .rule = "ramp-limited"});
}

// Fewer processes may each grow for as much longer.
void lengthen_life(Draft& draft) {
  const std::int64_t now = draft.facts.effective("MaxConnectionsPerChild");
  const std::int64_t before = draft.facts.running().value;
  if (draft.cap.rule != kShortLives || draft.processes() >= before) return;
  draft.set("MaxConnectionsPerChild", now * before / draft.processes(),
            {.because = fmt::format("{} processes in the memory of {} may each grow for as much "
                                    "longer.",
                                    draft.processes(), before),
             .formula = fmt::format("{} x {} / {}", now, before, draft.processes()),
             .rule = kShortLives});
}

// Of children that grow, what they may live for. Where so many end that it is one after the other,
// they are of all ages.
struct Lives {
  std::int64_t together = 0, all_ages = 0;
  bool hurried = false;
  std::int64_t wanted() const { return hurried ? all_ages : together; }
};

Lives lives_of(const Draft& draft, const Growth& growth, Bytes room, Processes all, Processes old) {
  const Bytes reserve = draft.facts.budget->total - draft.facts.cost->base - room;
  Lives lives{.together = life_of(growth, room, all, old)};
  lives.all_ages = life_of_all_ages(growth, {room, std::max(reserve, Bytes{})}, all, old);
  lives.hurried = draft.facts.seen.load.arrived_per_second > kStarted * number(lives.together);
  return lives;
}

void plan_life(Draft& draft) {
  if (!draft.facts.growth) return lengthen_life(draft);
  if (!draft.facts.budget || !draft.facts.cost) return;
  const Growth& growth = *draft.facts.growth;
  const Bytes room = usable(*draft.facts.budget, *draft.facts.cost, draft.facts.policy);
  const Processes all{draft.processes()};
  const Processes old = draft.binds ? all : draft.facts.old_of(all, draft.value(draft.most()));
  const Lives lives = lives_of(draft, growth, room, all, old);
  const std::int64_t to = lives.wanted();
  if (to > kLongestLife) return;
  const std::int64_t now = draft.facts.effective("MaxConnectionsPerChild");
  // That much is left of the memory anyway.
  if (now != 0 && kWorthLess * number(now) <= number(lives.all_ages)) return;
  std::string formula = fmt::format(
      "({} - {} processes x {} of a warm child) / {} of them that live long / {:.1f} KiB, at least "
      "50",
      in_words(room), all.value, in_words(growth.warm), old.value, growth.a_request / 1024);
  if (lives.hurried)
    formula += fmt::format(
        "; {} for those that end together, and these end one after the other: "
        "twice as many, as far as the reserve holds all at their end",
        lives.together);
  draft.set(
      "MaxConnectionsPerChild", to,
      {.because = fmt::format(
           "Children grow by {:.1f} KiB a request; after {} the next one begins anew, and all of "
           "them fit the memory. A keep-alive connection counts as one.",
           growth.a_request / 1024, to),
       .formula = std::move(formula),
       .rule = "children-grow"});
}

Draft::Reason consistency(std::string formula) {
  return {.because = "It follows from the other changes.",
          .formula = std::move(formula),
          .rule = "consistency"};
}

// winnt: ThreadLimit is above ThreadsPerChild, and a running parent keeps its own.
void keep_thread_limit(Draft& draft) {
  const std::int64_t kept = draft.facts.effective("ThreadLimit");
  if (draft.workers() <= kept) return;
  for (Change& change : draft.changes)
    if (change.directive == draft.facts.pool_directive()) change.restart = RestartClass::StopStart;
  draft.set("ThreadLimit", draft.workers(),
            consistency(fmt::format("at least ThreadsPerChild {}", draft.workers())));
}

// httpd would correct these by itself, some of them silently; what is proposed needs no
// correction.
void keep_consistent(Draft& draft) {
  if (draft.changes.empty()) return;
  if (draft.facts.seen.mpm == Mpm::Winnt) return keep_thread_limit(draft);
  if (draft.value("StartServers") > draft.processes() && draft.facts.effective("StartServers") != 0)
    draft.set("StartServers", draft.processes(),
              consistency(fmt::format("at most {} processes", draft.processes())));
  const std::int64_t gap = draft.facts.threaded() ? draft.unit() + 1 : 1;
  if (draft.value(draft.most()) != 0 &&
      draft.value(draft.most()) < draft.value(draft.least()) + gap)
    draft.set(draft.most(), draft.value(draft.least()) + gap,
              consistency(fmt::format("at least {} {} + {}", draft.least(),
                                      draft.value(draft.least()), gap)));
  // A limit that the running parent keeps hides part of the change until a full start.
  const std::int64_t reach = draft.facts.effective("ServerLimit") * draft.unit();
  for (Change& change : draft.changes)
    if (change.directive == "MaxRequestWorkers" && reach > 0 && change.to > reach)
      change.restart = RestartClass::StopStart;
}

}  // namespace

std::vector<Change> plan(const Facts& facts) {
  if (!facts.enough) return {};
  Draft draft{facts, cap_of(facts)};
  plan_workers(draft);
  plan_connections(draft);
  plan_processes(draft);
  plan_spares(draft);
  plan_keepalive(draft);
  plan_backlog(draft);
  keep_consistent(draft);
  plan_life(draft);
  std::ranges::stable_sort(draft.changes, {}, [](const Change& change) {
    return find_directive(change.directive) - directives().data();
  });
  return std::move(draft.changes);
}

}  // namespace mpm::advise
