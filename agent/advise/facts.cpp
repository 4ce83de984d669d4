// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/facts.h"

#include <algorithm>

namespace mpm::advise {
namespace {

constexpr double kFullProcessors = 0.93;
// Of a child's size, in a thousand requests.
constexpr double kGrowthWorth = 0.15;

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

bool Facts::cpu_full() const {
  return seen.load.cpu_busy_share > kFullProcessors;
}

bool Facts::ramping() const {
  return seen.load.ramping_share > kRampingShare && !is_pinned(seen);
}

bool Facts::overflowing() const {
  return seen.load.overflows > 0 && !is_pinned(seen) && !deaf();
}

std::optional<double> Facts::growth() const {
  if (!seen.memory || !seen.memory->growth_per_request) return std::nullopt;
  const double growth = *seen.memory->growth_per_request;
  const bool small =
      1000 * growth <= kGrowthWorth * static_cast<double>(seen.memory->child_typical.value);
  if (seen.memory->growth_low <= 0 || small) return std::nullopt;
  return growth;
}

bool Facts::held_by_keepalive() const {
  const LoadObservation& load = seen.load;
  // Under event an idle connection holds no worker.
  return seen.mpm != Mpm::Event && load.keepalive.mean > load.busy.mean &&
         load.keepalive.p95 * 2 > static_cast<double>(limit());
}

}  // namespace mpm::advise
