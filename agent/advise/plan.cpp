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
#include "agent/advise/plan_life.h"
#include "agent/advise/plan_pool.h"
#include "agent/advise/plan_spares.h"
#include "agent/advise/plan_waits.h"
#include "agent/apache/directives.h"

namespace mpm::advise {
namespace {

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
