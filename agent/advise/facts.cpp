// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/facts.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "agent/advise/finding.h"

namespace mpm::advise {
namespace {

// Of the time of the requests, what they spend ready to run; of the cores, what httpd uses.
constexpr double kMostlyReady = 0.5;
constexpr double kNearlyAllOfThem = 0.85;
// Workers for each core, for chance.
constexpr double kPerCore = 2;
// Of what a request takes beside waiting for a processor, which is not known well where that is
// nearly all: one that took longer met no calm.
constexpr double kHardlyCalm = 10;
// Squared coefficient of variation of the time of a request, below which one takes as long as the
// other.
constexpr double kAlike = 0.1;
// Seconds of a request: a line of so many workers, and hardly one short wait of its own.
constexpr double kLongBehind = 1;
// Of the looks, those with all workers busy, for a line to be told by this pool alone.
constexpr double kNearlyAlways = 0.9;
// Of what a pool brings, what another may differ by.
constexpr double kBringsAsMuch = 0.9;
// Of the best throughput: so much came that it could not have been served.
constexpr double kMoreCame = 1.1;
// Of the workers that memory holds, those with which something else was full already: it is not
// for want of memory that no more of them ended.
constexpr double kFarFewer = 0.5;
constexpr double kFewWait = 0.1;  // of those that fit the memory
// Below this share of busy processors, it is not they that requests wait for.
constexpr double kCalmProcessors = 0.85;

const SettingObservation* find(const Observation& seen, std::string_view directive) {
  for (const SettingObservation& setting : seen.settings)
    if (setting.directive == directive) return &setting;
  return nullptr;
}

// Whether far fewer than fit the memory brought all there was, and more came. Children that wait
// for idle clients fill memory as well, so that it is known only where hardly any do.
bool full_before_paged(const Facts& facts) {
  const auto fits = facts.workers_that_fit();
  const Plateau& plateau = *facts.seen.load.plateau;
  const double knee = std::max(plateau.onset_workers, plateau.end_workers);
  return fits && facts.demand.keepalive <= kFewWait * number(*fits) && facts.more_came() &&
         plateau.onset_workers > 0 && knee <= kFarFewer * number(*fits);
}

}  // namespace

bool took_longer(const Plateau& plateau) {
  return plateau.most_workers * plateau.best_per_second >
         kOnlyLonger * plateau.workers * plateau.most_per_second;
}

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

Processes Facts::old_when_many() const {
  return old_of(Processes{std::numeric_limits<std::int32_t>::max()}, most_spare());
}

std::optional<Processes> Facts::grown_leave() const {
  if (!growth || !budget || !cost || is_pinned(seen)) return std::nullopt;
  const Processes fit = growing_that_fit(*growth, usable(*budget, *cost, policy), old_when_many());
  if (fit >= processes_that_fit(*budget, *cost, policy)) return std::nullopt;
  return fit;
}

std::optional<std::int64_t> Facts::workers_that_fit() const {
  if (!budget || !cost) return std::nullopt;
  return grown_leave().value_or(processes_that_fit(*budget, *cost, policy)).value * per_process();
}

double Facts::requests_a_connection() const {
  const bool none_kept = effective("KeepAliveTimeout", 1) == 0;
  return none_kept ? 1 : std::max(1.0, seen.load.requests_per_connection);
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

double Facts::undisturbed_seconds() const {
  const LoadObservation& load = seen.load;
  const double runs = load.cpu_seconds_per_request;
  const double not_ready = runs + load.service_seconds * (1 - load.cpu_ready_share.value_or(0));
  const double calm = load.calm_service_seconds;
  const bool is_one = calm > 0 && calm <= kHardlyCalm * not_ready;
  return std::max(runs, is_one ? calm : not_ready);
}

double Facts::keep_running() const {
  const double cores = seen.host.cores;
  const double runs = seen.load.cpu_seconds_per_request;
  return runs > 0 ? cores * undisturbed_seconds() / runs + kPerCore * cores : 0;
}

bool Facts::filled_at_times() const {
  if (seen.load.cpu_full_share <= kFullLooks) return false;
  const double sufficient = keep_running();
  return is_pinned(seen) || (sufficient > 0 && seen.load.busy.p99 > sufficient);
}

double Facts::calm_seconds() const {
  const double calm = seen.load.calm_service_seconds;
  return calm < kPatience ? calm : 0;
}

double Facts::seconds_when_full() const {
  const LoadObservation& load = seen.load;
  if (!is_pinned(seen) || load.pinned_per_second <= 0) return 0;
  // Those of an old generation are beyond the limit.
  return std::max(0.0, number(limit()) - load.keepalive.mean) / load.pinned_per_second;
}

bool Facts::nobody_is_answered() const {
  const LoadObservation& load = seen.load;
  if (!is_pinned(seen) || load.pinned_per_second <= 0) return false;
  return seconds_when_full() + load.queue.p95 / load.pinned_per_second > kPatience;
}

bool Facts::turns_away() const {
  return is_pinned(seen) && seen.load.overflows > 0;
}

bool Facts::most_are_turned_away() const {
  const LoadObservation& load = seen.load;
  // Where nobody was seen waiting for this server, they are another one's.
  return load.pinned_share > kNearlyAlways && load.queue.p95 > 0 &&
         number(load.overflows) > load.completed_per_second * seen.span_seconds;
}

InLine Facts::in_line() const {
  const LoadObservation& load = seen.load;
  const bool more_is_better = std::ranges::any_of(seen.full_pools, [&](const FullPool& pool) {
    return pool.workers > limit() && kBringsAsMuch * pool.per_second > load.pinned_per_second;
  });
  const bool useless = nobody_is_answered() || most_are_turned_away();
  if (!useless || cpu_full() || paged() || more_is_better) return InLine::No;
  // A calm that was none, as each took longer than anybody waits, still was calmer.
  const double calm = load.calm_service_seconds;
  const bool longer = calm > 0 && seconds_when_full() > kOnlyLonger * calm;
  if (longer || calm_seconds() > 0) {
    // A lock of some seconds is not the server's usual load.
    const bool mostly = load.pinned_share > kMostly;
    return mostly && longer ? InLine::Longer : InLine::No;
  }
  // The wait in the kernel is for a worker, and says nothing of one behind httpd.
  const double takes = seconds_when_full();
  const double varies = load.service_cv2;
  // Whoever waits for a timeout that is longer than anybody waits gets no answer either way.
  const bool clockwork = takes <= kPatience && varies * number(limit()) <= kNoClockwork;
  const bool alike = varies > 0 && varies < kAlike && !clockwork;
  return load.pinned_share > kNearlyAlways && takes > kLongBehind && alike ? InLine::Alike
                                                                           : InLine::No;
}

bool Facts::paged() const {
  return budget && cost && cost->base + cost->typical * seen.memory->children > budget->total;
}

bool Facts::more_came() const {
  const auto& plateau = seen.load.plateau;
  return plateau && plateau->onset_arrivals >= kMoreCame * plateau->best_per_second;
}

bool Facts::backend_full() const {
  return seen.load.plateau && !cpu_full() && seen.load.cpu_busy_share < kCalmProcessors &&
         (!paged() || full_before_paged(*this));
}

bool Facts::collapses() const {
  if (!backend_full()) return false;
  const Plateau& plateau = *seen.load.plateau;
  const double best = plateau.best_per_second;
  const double less = (took_longer(plateau) ? kFell : kFarLess) * best;
  return plateau.most_per_second < less && plateau.fading_per_second > 0 &&
         plateau.fading_per_second < less && plateau.onset_arrivals >= kFarLess * best;
}

bool Facts::ramping() const {
  return seen.load.ramping_share > kRampingShare;
}

bool Facts::short_lived() const {
  const std::int64_t life = effective("MaxConnectionsPerChild");
  return life > 0 &&
         seen.load.completed_per_second / requests_a_connection() > kStarted * number(life);
}

bool Facts::overflowing() const {
  // They are counted for the whole network namespace: where nobody was ever seen waiting for this
  // server, they are another one's. A server that is mostly short of processes, as one whose
  // children end as fast as httpd starts others, has no free worker either: a longer queue only
  // lasts longer.
  return seen.load.overflows > 0 && seen.load.queue.max > 0 && !is_pinned(seen) && !deaf() &&
         seen.load.ramping_share <= kMostly && !short_lived() && !cpu_full() && !collapses();
}

Processes Facts::old_of(Processes all, std::int64_t spare) const {
  if (is_pinned(seen)) return all;
  const double workers = policy.headroom * need() + number(spare);
  const double old = std::ceil(workers / number(per_process()));
  return Processes{
      static_cast<std::int64_t>(std::clamp(old, 1.0, std::max(number(all.value), 1.0)))};
}

Clear Facts::clear() const {
  return {.gap = std::max<std::int64_t>(per_process() + 1, 5),
          .flapping = static_cast<std::int64_t>((seen.load.busy.p99 - seen.load.busy.p50) / 2)};
}

double Facts::least_that_fits(Processes all) const {
  constexpr double kAll = std::numeric_limits<double>::infinity();
  if (!growth || !budget || !cost) return kAll;
  const Processes old = old_that_fit(*growth, usable(*budget, *cost, policy), all);
  if (old >= all) return kAll;
  const double idle = std::max(0.0, number(old.value * per_process()) - policy.headroom * need());
  return idle - number(clear().gap + clear().flapping);
}

double Facts::all_ended_after(Processes all) const {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  if (!may_end_together() || seen.load.arrived_per_second <= 0) return kNever;
  double requests = kNever;
  if (const std::int64_t life = effective("MaxConnectionsPerChild"); life > 0)
    requests = number(life) * requests_a_connection() * number(old_of(all, most_spare()).value);
  if (growth && budget && cost) {
    const std::int64_t longest = life_of(*growth, usable(*budget, *cost, policy), all, all);
    if (longest <= kWorthEnding) requests = std::min(requests, number(longest) * number(all.value));
  }
  return requests / seen.load.arrived_per_second;
}

Apart Facts::apart(Processes all, std::int64_t spare) const {
  const auto processes = [&](double workers) {
    return std::max<std::int64_t>(1, std::llround(std::ceil(workers / number(per_process()))));
  };
  const std::int64_t busy = processes(usual());
  return {
      .running = std::min(std::max<std::int64_t>(all.value, 1), busy + processes(number(spare))),
      .usual = busy};
}

Bytes Facts::filled_when_ending_after(double requests) const {
  const double grown = growth->a_request * requests * number(old_of(running(), most_spare()).value);
  return cost->base + growth->warm * running().value + whole_bytes(grown);
}

double Facts::grown_for() const {
  if (!growth) return 0;
  const std::int64_t life = effective("MaxConnectionsPerChild");
  const bool shortest =
      life == 0 && grown_leave() && filled_when_ending_after(kShortestLife) > filled_as_seen();
  return shortest ? kShortestLife : number(life) * requests_a_connection();
}

Bytes Facts::filled_as_seen() const {
  return cost->base + cost->large * running().value;
}

Bytes Facts::filled() const {
  const double requests = grown_for();
  return requests == 0 ? filled_as_seen() : filled_when_ending_after(requests);
}

bool Facts::memory_fails() const {
  return budget && cost && filled() > budget->total;
}

bool Facts::held_by_keepalive() const {
  const LoadObservation& load = seen.load;
  // Under event an idle connection holds no worker.
  return seen.mpm != Mpm::Event && load.keepalive.mean > load.busy.mean &&
         load.keepalive.p95 * 2 > static_cast<double>(limit());
}

bool Facts::waits_keep_out() const {
  return held_by_keepalive() && turns_away();
}

bool Facts::ends_waits() const {
  return waits_keep_out() && effective("KeepAliveTimeout") > 0 && wait_that_fits(limit()) < 1;
}

double Facts::requests_asked_for() const {
  return (turns_away() ? policy.headroom : 1) * std::max(1.0, seen.load.arrived_per_second);
}

std::int64_t Facts::wait_that_fits(std::int64_t workers) const {
  const double room = std::max(0.0, number(workers) - demand.workers);
  return static_cast<std::int64_t>(room / requests_asked_for());
}

}  // namespace mpm::advise
