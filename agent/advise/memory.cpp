// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/memory.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "agent/advise/demand.h"

namespace mpm::advise {
namespace {

// Of a child's size, in a thousand requests.
constexpr double kGrowthWorth = 0.15;
// Of the size at which a growing child ends, its warm part.
constexpr double kWarmPart = 0.6;
// Nobody counts so far.
constexpr double kLongestLife = 1e15;
// Seconds of a busy child's life: httpd starts another within one.
constexpr double kShortestSeconds = 30;

void add(std::vector<MemoryTerm>& terms, std::string text, Bytes amount) {
  terms.push_back({std::move(text), amount});
}

Bytes sum_of(const std::vector<MemoryTerm>& terms) {
  Bytes sum;
  for (const MemoryTerm& term : terms)
    sum += term.amount;
  return sum;
}

Budget host_budget(const Observation& seen, Bytes held) {
  Budget budget;
  budget.bound = "the host";
  add(budget.terms,
      fmt::format("available on the host, which has {}", in_words(seen.host.memory_total)),
      seen.host.memory_available);
  add(budget.terms, "held by httpd's own processes now", held);
  budget.total = sum_of(budget.terms);
  return budget;
}

Budget cgroup_budget(const MemoryLimit& limit, Bytes held) {
  const std::string name = limit.cgroup.empty() ? "the root cgroup" : "cgroup " + limit.cgroup;
  // Cache that the kernel would drop first is nobody's loss; the rest that is not ours is.
  const Bytes others{
      std::max<std::int64_t>(0, limit.current.value - limit.inactive_file.value - held.value)};
  Budget budget;
  budget.bound = fmt::format("{} of {}", limit.file, name);
  add(budget.terms, budget.bound, limit.limit);
  add(budget.terms, "used by others in that cgroup", Bytes{-others.value});
  budget.total = Bytes{std::max<std::int64_t>(0, sum_of(budget.terms).value)};
  return budget;
}

std::string each(Processes processes, Bytes amount, std::string_view what) {
  return processes.value == 1
             ? fmt::format("unique memory of 1 process {} at {}", what, in_words(amount))
             : fmt::format("unique memory of {} processes {} at {} each", processes.value, what,
                           in_words(amount));
}

std::vector<MemoryTerm> cost_terms(const Cost& cost, Processes processes, Bytes amount,
                                   std::string_view what) {
  std::vector<MemoryTerm> terms;
  add(terms, "mapped by all processes together, and the parent", cost.base);
  add(terms, each(processes, amount, what), amount * processes.value);
  return terms;
}

// Of a growing child. Where clients wait for more children than fit, each may live as short as the
// pause until the next one is there does not matter.
Bytes at_its_end(const Growth& growth, const Observation& seen) {
  const auto warm = static_cast<double>(growth.warm.value);
  const double usual = warm / kWarmPart;
  const double takes = seen.load.calm_service_seconds > 0 ? seen.load.calm_service_seconds
                                                          : seen.load.service_seconds;
  if (!is_pinned(seen) || takes <= 0) return Bytes{static_cast<std::int64_t>(usual)};
  const double life = std::max(double{kShortestLife}, kShortestSeconds / takes);
  return Bytes{static_cast<std::int64_t>(std::min(usual, warm + life * growth.a_request))};
}

}  // namespace

Bytes whole_bytes(double bytes) {
  constexpr double kMost = 1e18;  // a sum of two is a number still
  return Bytes{static_cast<std::int64_t>(std::clamp(bytes, 0.0, kMost))};
}

std::string in_words(Bytes amount) {
  const auto value = static_cast<double>(amount.value);
  constexpr double kKilo = 1024;
  if (std::abs(value) >= kKilo * kKilo * kKilo)
    return fmt::format("{:.1f} GB", value / (kKilo * kKilo * kKilo));
  if (std::abs(value) >= 100 * kKilo * kKilo)
    return fmt::format("{:.0f} MB", value / kKilo / kKilo);
  return fmt::format("{:.1f} MB", value / kKilo / kKilo);
}

std::optional<Budget> memory_budget(const Observation& seen) {
  if (!seen.memory || seen.host.memory_total.value == 0) return std::nullopt;
  const Bytes held = seen.memory->server_pss;
  Budget least = host_budget(seen, held);
  for (const MemoryLimit& limit : seen.host.limits) {
    Budget budget = cgroup_budget(limit, held);
    if (budget.total < least.total) least = std::move(budget);
  }
  return least;
}

std::optional<Growth> growth_of(const Observation& seen) {
  if (!seen.memory || !seen.memory->growth_per_request) return std::nullopt;
  const MemoryObservation& memory = *seen.memory;
  const double a_request = *memory.growth_per_request;
  const auto typical = static_cast<double>(memory.child_typical.value);
  if (memory.growth_low <= 0 || 1000 * a_request <= kGrowthWorth * typical) return std::nullopt;
  // The smallest that was seen has grown too, where none was seen fresh.
  const Bytes warm = memory.child_warm.value > 0 ? memory.child_warm : memory.child_fresh;
  return Growth{std::max(warm, kKiB), a_request};
}

std::optional<Cost> process_cost(const Observation& seen, const Policy& policy) {
  if (!seen.memory || seen.memory->children == 0) return std::nullopt;
  const MemoryObservation& memory = *seen.memory;
  // Where those that there are would not fit as large as the first are, nobody waits for the others
  // to become warm.
  const auto budget = memory_budget(seen);
  const Bytes held = memory.shared_once + memory.child_large * memory.children;
  const bool fails = budget && held > budget->total;
  if (memory.requests_per_child < policy.min_requests_per_child && !fails) return std::nullopt;
  Cost cost{memory.shared_once, memory.child_typical, memory.child_large, memory.child_peak, {}};
  // A child without a page of its own does not exist; zero would divide.
  cost.typical = std::max(cost.typical, kKiB);
  cost.large = std::max(cost.large, cost.typical);
  cost.peak = std::max(cost.peak, cost.large);
  cost.counted = cost.large;
  if (const auto growth = growth_of(seen)) cost.counted = at_its_end(*growth, seen);
  return cost;
}

Bytes usable(const Budget& budget, const Cost& cost, const Policy& policy) {
  const auto share =
      static_cast<std::int64_t>(policy.memory_share * static_cast<double>(budget.total.value));
  return Bytes{std::max<std::int64_t>(0, share - cost.base.value)};
}

Processes processes_that_fit(const Budget& budget, const Cost& cost, const Policy& policy) {
  return Processes{usable(budget, cost, policy).value / cost.counted.value};
}

std::int64_t life_of(const Growth& growth, Bytes usable, Processes all, Processes old) {
  const Bytes left = usable - growth.warm * all.value;
  const double life =
      static_cast<double>(left.value) / static_cast<double>(old.value) / growth.a_request;
  return static_cast<std::int64_t>(std::clamp(life, double{kShortestLife}, kLongestLife));
}

Bytes grown_at_least(const Growth& growth) {
  return whole_bytes(kShortestLife * growth.a_request);
}

Processes growing_that_fit(const Growth& growth, Bytes usable, Processes old) {
  const auto grown = static_cast<double>(grown_at_least(growth).value);
  const auto warm = static_cast<double>(growth.warm.value);
  const auto room = static_cast<double>(usable.value);
  const auto large = static_cast<double>(old.value);
  const double fit =
      (warm + grown) * large > room ? room / (warm + grown) : (room - grown * large) / warm;
  return Processes{static_cast<std::int64_t>(fit)};
}

Processes old_that_fit(const Growth& growth, Bytes usable, Processes all) {
  const Bytes left = usable - growth.warm * all.value;
  const double old = static_cast<double>(left.value) / (kShortestLife * growth.a_request);
  return Processes{static_cast<std::int64_t>(std::clamp(old, 0.0, static_cast<double>(all.value)))};
}

std::int64_t life_of_all_ages(const Growth& growth, const Room& room, Processes all,
                              Processes old) {
  constexpr std::int64_t kOnAverage = 2;  // times as old as the mean is who ends
  return std::min(kOnAverage * life_of(growth, room.usable, all, old),
                  life_of(growth, room.usable + room.reserve, all, old));
}

MemorySum memory_sum(const Budget& budget, const Cost& cost, Processes running, Processes limit,
                     std::int64_t workers_that_fit) {
  MemorySum sum;
  sum.workers_that_fit = workers_that_fit;
  sum.budget_terms = budget.terms;
  sum.budget = budget.total;
  sum.typical_terms = cost_terms(cost, running, cost.typical, "as they usually are");
  sum.typical = sum_of(sum.typical_terms);
  sum.worst_terms = cost_terms(cost, limit, cost.peak, "at their peak");
  sum.worst = sum_of(sum.worst_terms);
  return sum;
}

}  // namespace mpm::advise
