// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/pool_size.h"

#include <algorithm>

#include <fmt/format.h>

#include "agent/advise/finding.h"

namespace mpm::advise {

namespace {

std::string need_of(const Facts& facts) {
  const Demand& demand = facts.demand;
  if (facts.needed_in_the_past())
    return fmt::format("The busiest of {} hours, {}, needed {:.0f} workers", facts.seen.past->hours,
                       hour_of(facts.seen.past->at), demand.past);
  if (demand.censored)
    return fmt::format(
        "The limit hid the demand; by arrivals and queue it is about {:.0f} workers ({:.0f} to "
        "{:.0f})",
        demand.workers, demand.low, demand.high);
  return fmt::format("The peak needs {:.0f} workers", demand.workers);
}

}  // namespace

std::string because_of_demand(const Facts& facts, std::int64_t to, std::int64_t wanted,
                              std::int64_t fits) {
  const std::string need = need_of(facts);
  if (to < wanted)
    return need + fmt::format("; {} would be better, and memory holds {}, which is what binds.",
                              wanted, fits);
  if (static_cast<double>(to) >= kLongestStep * static_cast<double>(facts.limit()))
    return need + fmt::format(
                      "; {:.0f} times as many is a first step, memory holds {}. Ask "
                      "again when it is in force.",
                      kLongestStep, fits);
  return need + fmt::format("; {:.1f} times that leaves room, and memory holds {}.",
                            facts.policy.headroom, fits);
}

std::string demand_formula(const Facts& facts) {
  const Demand& demand = facts.demand;
  std::string formula =
      facts.needed_in_the_past()
          ? fmt::format("{:.1f} x (1.1 x {:.0f} in the busiest hour + 2)", facts.policy.headroom,
                        facts.seen.past->workers)
          : fmt::format("{:.1f} x {:.0f} needed + {:.1f} x {:.0f} in keep-alive",
                        facts.policy.headroom, demand.workers, kKeepaliveMargin, demand.keepalive);
  if (is_pinned(facts.seen))
    formula += fmt::format(", at least {:.1f} and at most {:.0f} x {}", kPinnedGrowth, kLongestStep,
                           facts.limit());
  return formula;
}

std::string memory_formula(const Facts& facts, std::int64_t fits) {
  std::string less;
  Bytes each = facts.cost->counted;
  if (facts.grown_leave()) {
    const std::int64_t old = std::min(facts.old_when_many().value, fits / facts.per_process());
    less = fmt::format(" - {} x {} grown", old, in_words(grown_at_least(*facts.growth)));
    each = facts.growth->warm;
  }
  return fmt::format("memory: ({:.0f} % of {} - {}{}) / {} x {} = {}",
                     100 * facts.policy.memory_share, in_words(facts.budget->total),
                     in_words(facts.cost->base), less, in_words(each), facts.per_process(), fits);
}

std::string in_multiples(const Facts& facts, const std::string& formula, std::int64_t to) {
  const std::int64_t unit = facts.per_process();
  return unit == 1 ? fmt::format("{}: {}", formula, to)
                   : fmt::format("{}; in multiples of ThreadsPerChild {}: {}", formula, unit, to);
}

}  // namespace mpm::advise
