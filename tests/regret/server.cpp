// SPDX-License-Identifier: Apache-2.0
#include "tests/regret/server.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/advise/model/replay.h"
#include "agent/apache/constraints.h"
#include "agent/apache/directives.h"

namespace mpm::regret {
namespace {

using namespace std::chrono_literals;
using model::Simulated;

constexpr std::int64_t kSomaxconn = 4096;
constexpr std::chrono::seconds kWarmUp{30};
constexpr std::array<std::uint64_t, 3> kSeeds{100, 101, 102};
constexpr std::int32_t kParent = 1000;  // pid
constexpr Instant kBegin{std::chrono::milliseconds{1'700'000'000'000}};

model::ChildCosts costs_of(const Case& tried) {
  model::ChildCosts costs;
  costs.fresh_bytes = tried.memory.fresh;
  costs.leaked_a_request = tried.memory.leaked;
  const bool prefork = tried.mpm == Mpm::Prefork;
  costs.grown_bytes = prefork ? tried.memory.grown : tried.memory.fresh;
  if (!prefork) costs.needed_thread = tried.memory.thread;
  costs.half_grown_after = 4;
  return costs;
}

// The parent's look comes at another moment for each seed.
model::SimulationOptions options_of(std::uint64_t seed) {
  return {.seed = seed, .first_look = 250ms + 250ms * (seed % 4), .counted_from = kWarmUp};
}

Outcome outcome_of(const Simulated& run) {
  const auto counted = static_cast<double>(run.seconds.size()) - kWarmUp / 1s;
  Outcome outcome{.seconds = run.response.mean_seconds(),
                  .over_budget = static_cast<double>(run.seconds_over_budget) / counted};
  if (run.requests > 0)
    outcome.failed = static_cast<double>(run.failed) / static_cast<double>(run.requests);
  return outcome;
}

Bytes bytes(double amount) {
  return Bytes{static_cast<std::int64_t>(amount)};
}

// What is over the budget has been paged out, of each its share.
std::vector<ProcessUsage> processes_of(const Case& tried, const model::SecondSeen& second) {
  const double budget = tried.memory.budget - tried.memory.shared;
  const double resident = std::min(1.0, budget / std::max(1.0, second.children.bytes));
  const double shared = tried.memory.shared;
  const double share = shared / static_cast<double>(second.sweep.size() + 1);
  std::vector<ProcessUsage> processes(1);
  processes[0].pid = kParent;
  processes[0].parent = true;
  processes[0].pss = bytes(share);
  processes[0].rss = processes[0].shared = bytes(shared);
  for (const model::ChildSeen& child : second.sweep) {
    ProcessUsage usage;
    usage.pid = kParent + 1 + static_cast<std::int32_t>(child.number);
    usage.requests = child.requests;
    usage.unique = bytes(child.bytes * resident);
    usage.swap = bytes(child.bytes * (1 - resident));
    usage.shared = bytes(shared);
    usage.rss = usage.peak = usage.unique + usage.shared;
    usage.pss = usage.unique + bytes(share);
    usage.cpu_seconds = child.processor_seconds;
    usage.cpu_wait_seconds = child.waited_seconds;
    processes.push_back(usage);
  }
  return processes;
}

HostUsage host_of(const Case& tried, const model::SecondSeen& second, double at) {
  const double held = std::min(tried.memory.budget, second.children.bytes + tried.memory.shared);
  constexpr double kMuch = 64e9;
  HostUsage host;
  host.cores = tried.machine.cores;
  host.cpu_busy_seconds = second.processor_seconds;
  host.cpu_total_seconds = tried.machine.cores * at;
  host.memory_total = bytes(kMuch);
  host.memory_available = bytes(kMuch - held);
  MemoryLimit limit;
  limit.cgroup = "/httpd";
  limit.file = "memory.max";
  limit.limit = bytes(tried.memory.budget);
  limit.current = limit.anonymous = bytes(held);
  host.limits.push_back(std::move(limit));
  host.listen_overflows = second.refused;
  host.somaxconn = kSomaxconn;
  return host;
}

Tally tally_of(const Case& tried, const model::SecondSeen& second) {
  const model::ChildrenCount& children = second.children;
  Tally tally;
  tally.busy = children.busy;
  tally.idle = children.idle;
  tally.deaf = children.deaf;
  tally.finishing = children.finishing;
  tally.writing = second.serving;
  // Under event a connection that is kept holds no worker.
  if (tried.mpm != Mpm::Event) tally.keepalive = children.busy - second.serving;
  tally.processes = children.processes;
  tally.processes_old = children.going;
  return tally;
}

Sample sample_of(const Case& tried, const MpmSettings& settings, const model::SecondSeen& second,
                 std::int64_t number) {
  Sample sample;
  sample.seq = number;
  sample.at = kBegin + std::chrono::seconds(number);
  sample.pid = kParent;
  sample.restarted = kBegin;
  sample.worker_limit = settings.worker_limit;
  sample.tally = tally_of(tried, second);
  sample.accesses = second.served;
  sample.work.running = second.serving;
  sample.work.running_first = second.serving_first;
  sample.work.age_sum_seconds = second.age_seconds;
  sample.host = host_of(tried, second, static_cast<double>(number));
  sample.listeners = {{.address = "0.0.0.0",
                       .port = 80,
                       .queue = second.queue,
                       .queue_limit = number_in_force(settings, "ListenBacklog"),
                       .established = second.children.connections + second.queue}};
  if (!second.sweep.empty()) sample.processes = processes_of(tried, second);
  return sample;
}

}  // namespace

MpmSettings settings_of(Mpm mpm, const Directives& directives) {
  std::vector<WrittenNumber> written;
  for (const auto& [name, value] : directives)
    written.push_back({name, value});
  const EffectiveNumbers numbers = effective_numbers(mpm, written);
  MpmSettings settings;
  settings.pid = kParent;
  settings.mpm = mpm;
  settings.worker_limit = numbers.worker_limit;
  const auto add = [&](std::string_view name, std::int64_t value) {
    Setting setting;
    setting.directive = name;
    if (const auto found = directives.find(setting.directive); found != directives.end())
      setting.value = std::to_string(found->second);
    setting.effective = value;
    settings.settings.push_back(std::move(setting));
  };
  for (const EffectiveNumber& number : numbers.numbers)
    add(number.directive, number.value);
  // A time, and not among the numbers that httpd corrects.
  const auto kept = directives.find("KeepAliveTimeout");
  add("KeepAliveTimeout", kept != directives.end()
                              ? kept->second
                              : find_directive("KeepAliveTimeout")->default_for(mpm));
  return settings;
}

model::Served served_by(const Case& tried, const Directives& directives) {
  Observation host;
  host.host.somaxconn = kSomaxconn;
  model::Served served = *model::served_by(settings_of(tried.mpm, directives), host);
  served.costs = costs_of(tried);
  served.machine = tried.machine;
  served.machine.memory_budget = tried.memory.budget - tried.memory.shared;
  return served;
}

Outcome outcome_of(const Case& tried, const Directives& directives, std::uint64_t seed,
                   model::Limiter* limiter) {
  model::SimulationOptions options = options_of(seed);
  options.limiter = limiter;
  return outcome_of(simulate(served_by(tried, directives), tried.load, options));
}

Outcome outcome_of(const Case& tried, const Directives& directives) {
  Outcome mean;
  for (const std::uint64_t seed : kSeeds) {
    const Outcome one = outcome_of(tried, directives, seed);
    mean.seconds += one.seconds / kSeeds.size();
    mean.failed += one.failed / kSeeds.size();
    mean.over_budget += one.over_budget / kSeeds.size();
  }
  return mean;
}

Watched watch(const Case& tried, const Directives& directives, std::uint64_t seed) {
  Watched watched;
  watched.settings = settings_of(tried.mpm, directives);
  model::SimulationOptions options = options_of(seed);
  options.sweep_every = 10s;
  const Simulated run = simulate(served_by(tried, directives), tried.load, options);
  watched.outcome = outcome_of(run);
  for (std::size_t second = kWarmUp / 1s; second <= run.seconds.size(); ++second)
    watched.samples.push_back(sample_of(tried, watched.settings, run.seconds[second - 1],
                                        static_cast<std::int64_t>(second)));
  return watched;
}

}  // namespace mpm::regret
