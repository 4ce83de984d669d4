// SPDX-License-Identifier: Apache-2.0
#include "agent/service/agent.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "agent/advise/recommend.h"
#include "agent/observe/observation.h"
#include "agent/observe/past.h"
#include "agent/service/metrics.h"
#include "agent/service/php_behind.h"
#include "agent/service/status.h"
#include "agent/service/targets.h"

namespace mpm {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::hours kLongestWindow{1};
// How far back the busiest hour is looked for.
constexpr std::chrono::hours kPlanningPast{4 * 7 * 24};
// How long what a pool brought is held against it: what is behind the server changes.
constexpr std::chrono::hours kRememberedPools{7 * 24};
constexpr std::int64_t kMostSamples = 1000;
// A look that is older, and by three intervals, is no news for the metrics.
constexpr milliseconds kLookTooOld{15000};

// What tells one server from another: a pid is used again, a pid and a start are not. The time of a
// start moves with the host's clock, so that it serves only where the kernel's count is not known.
std::string identity(const Target& target) {
  if (!target.url.empty()) return target.url;
  if (target.start_ticks) return fmt::format("{}@{} ticks", target.pid, *target.start_ticks);
  return fmt::format("{}@{}", target.pid, target.started.time_since_epoch().count());
}

}  // namespace

Result<std::unique_ptr<Agent>> Agent::start(AgentOptions options, Clock& clock) {
  std::unique_ptr<Agent> agent(new Agent(std::move(options), clock));
  // Before anything else: a change that was left open may have left a server in between. Where it
  // cannot be taken back the servers can still be looked at, and that is needed then.
  if (auto recovered = agent->recover(); !recovered)
    agent->tell(fmt::format("What was changed before is not known to be in order: {}",
                            recovered.error().what));
  if (!agent->options_.ephemeral)
    agent->discovery_ = std::jthread(
        [self = agent.get()](const std::stop_token& stop) { self->discover_until_stopped(stop); });
  return agent;
}

Agent::Agent(AgentOptions options, Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      proc_(options_.proc_root),
      store_({options_.history, options_.keep, options_.tell}, clock),
      changes_(options_.state, clock) {}

Agent::~Agent() {
  discovery_ = {};
  const std::lock_guard lock(watches_mutex_);
  watches_.clear();
}

void Agent::tell(const std::string& sentence) const {
  if (options_.tell) options_.tell(sentence);
}

Result<std::vector<Target>> Agent::find() const {
  return find_targets(proc_, recognizer_);
}

Result<Target> Agent::resolve(const std::string& name) {
  {
    // A server that is known by its page is asked who it is only once: each answer costs it a
    // worker.
    const std::lock_guard lock(watches_mutex_);
    const auto watched = watches_.find(name);
    if (watched != watches_.end() && !watched->second->ended()) return watched->second->target();
  }
  return find_target(proc_, recognizer_, name);
}

std::shared_ptr<Watch> Agent::watch(const Target& target) {
  const std::lock_guard lock(watches_mutex_);
  std::erase_if(watches_, [](const auto& entry) { return entry.second->ended(); });
  std::shared_ptr<Watch>& slot = watches_[identity(target)];
  if (!slot) {
    const std::int32_t key = target.pid != 0 ? target.pid : -++urls_watched_;
    const std::string server = history_name(target);
    slot =
        std::make_shared<Watch>(target, WatchName{key, server}, proc_, clock_,
                                Pace{options_.interval, options_.sweep_every, options_.sweep_share},
                                [this, server](Sample sample) {
                                  store_.append({server, std::move(sample)});
                                });
  }
  return slot;
}

// Those that nobody watches yet; what is known of the others does not change while they run.
void Agent::begin_new() {
  std::set<std::int32_t> watched_pids;
  {
    const std::lock_guard lock(watches_mutex_);
    for (const auto& [identity, watched] : watches_)
      if (watched->begun() && !watched->ended()) watched_pids.insert(watched->target().pid);
  }
  if (const auto found = find_targets(proc_, recognizer_, watched_pids))
    for (const Target& target : *found)
      watch(target)->begin();
}

void Agent::discover_until_stopped(const std::stop_token& stop) {
  auto next = clock_.mono();
  do {
    next += options_.discover_every;
    begin_new();
    if (options_.goes_round) options_.goes_round();
  } while (clock_.sleep_until(next, stop));
}

Result<TargetList> Agent::targets() {
  const auto found = find();
  if (!found) return fail(found.error());
  TargetList list{clock_.now(), {}};
  for (const Target& target : *found) {
    const auto watched = watch(target);
    list.targets.push_back({target, watched->settings()});
  }
  return list;
}

Result<StatusReport> Agent::status(const std::string& name) {
  std::vector<Target> chosen;
  if (name.empty()) {
    auto found = find();
    if (!found) return fail(std::move(found.error()));
    chosen = std::move(*found);
    if (chosen.empty()) return fail(no_server());
  } else {
    auto target = resolve(name);
    if (!target) return fail(std::move(target.error()));
    chosen.push_back(std::move(*target));
  }

  struct Pair {
    Target target;
    Look first;
    std::optional<Look> second;
  };
  std::vector<Pair> pairs;
  std::optional<Error> trouble;
  for (const Target& target : chosen) {
    auto look = watch(target)->look(Sweep::Memory);
    if (look)
      pairs.push_back({target, std::move(*look), std::nullopt});
    else
      trouble = std::move(look.error());
  }
  if (pairs.empty()) return fail(std::move(*trouble));

  clock_.sleep_until(clock_.mono() + kRateSpan, {});
  StatusReport report{clock_.now(), {}};
  for (Pair& pair : pairs) {
    if (auto again = watch(pair.target)->look(Sweep::None)) pair.second = std::move(*again);
    report.targets.push_back(status_of(pair.target, pair.first, pair.second));
  }
  return report;
}

Result<ScoreboardView> Agent::scoreboard(const std::string& name) {
  const auto target = resolve(name);
  if (!target) return fail(target.error());
  return watch(*target)->look_at_slots();
}

Result<MpmSettings> Agent::settings(const std::string& name) {
  const auto target = resolve(name);
  if (!target) return fail(target.error());
  return watch(*target)->settings();
}

Result<SampleList> Agent::samples(const std::string& name, std::int64_t after, std::int64_t limit) {
  const auto target = resolve(name);
  if (!target) return fail(target.error());
  const auto watched = watch(*target);
  watched->begin();
  auto found = store_.read<std::vector<Sample>>([&](History& history) {
    return history.after(watched->server(), after,
                         std::clamp<std::int64_t>(limit, 1, kMostSamples));
  });
  if (!found) return fail(std::move(found.error()));
  const std::int64_t next = found->empty() ? after : found->back().seq;
  return SampleList{next, std::move(*found)};
}

Result<Observation> Agent::observation(const std::string& name, std::optional<Seconds> window) {
  const auto target = resolve(name);
  if (!target) return fail(target.error());
  return observed(*watch(*target), window);
}

Result<Observation> Agent::observed(Watch& watched, std::optional<Seconds> window) {
  watched.begin();
  if (auto trouble = watched.trouble()) return fail(std::move(*trouble));

  const Seconds span = std::min<Seconds>(window.value_or(kLongestWindow), kLongestWindow);
  const Instant now = clock_.now();
  const Instant from =
      std::max(watched.target().started, now - std::chrono::duration_cast<milliseconds>(span));
  const auto found = samples_between(watched, from, now);
  if (!found) return fail(found.error());
  Observation seen = observe(*found, watched.settings());
  const auto hours = store_.read<History::Series>([&](History& history) {
    return history.series(watched.server(), from - kPlanningPast, from, std::chrono::hours(1));
  });
  // Without its past a window still says what it says.
  if (hours) seen.past = past_peak(hours->steps);
  const auto remembered = store_.read<Remembered>([&](History& history) {
    return history.remembered(watched.server(), now - kRememberedPools, now, seen.worker_limit);
  });
  if (remembered) {
    seen.full_pools = remembered->full_pools;
    seen.crowd = remembered->crowd;
    seen.served = remembered->served;
  }
  seen.php_pools = php_behind(watched.target(), proc_);
  return seen;
}

Result<Proposal> Agent::proposal(const std::string& name, std::optional<Seconds> window) {
  const auto target = resolve(name);
  if (!target) return fail(target.error());
  const auto watched = watch(*target);
  const auto seen = observed(*watched, window);
  if (!seen) return fail(seen.error());
  Proposal proposal = recommend(*seen, options_.policy);
  store_.append(watched->server(), proposal);
  return proposal;
}

Result<std::string> Agent::metrics(const std::string& name) {
  Snapshots servers;
  {
    const std::lock_guard lock(watches_mutex_);
    for (const auto& [identity, watched] : watches_)
      if (watched->begun() && !watched->ended()) servers.push_back(watched->snapshot());
  }
  const milliseconds patience = std::max(kLookTooOld, 3 * options_.interval);
  return metrics_page(servers, name, clock_.now() - patience);
}

HealthReport Agent::health() {
  HealthReport report;
  report.version = MPM_VERSION;
  report.ephemeral = options_.ephemeral;
  {
    const std::lock_guard lock(watches_mutex_);
    report.targets = static_cast<std::int64_t>(watches_.size());
  }
  report.samples = store_.stored();
  return report;
}

}  // namespace mpm
