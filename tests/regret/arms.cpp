// SPDX-License-Identifier: Apache-2.0
#include "tests/regret/arms.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "agent/advise/recommend.h"
#include "agent/history/history.h"
#include "agent/observe/observation.h"
#include "tests/regret/gradient2.h"
#include "tests/regret/pools.h"

namespace mpm::regret {
namespace {

// What pmap -d calls writeable and private is so many times a warm child's own memory.
constexpr double kPmap = 2.5;
constexpr std::int64_t kMostWorkers = 2000;
// Each round and each window has clients of its own.
constexpr std::uint64_t kFirstRound = 7;
constexpr std::uint64_t kFirstWindow = 20;
constexpr std::uint64_t kFirstStep = 30;

struct ChildSizes {
  double largest = 0;  // bytes of its own
  double mean_rss = 0;
};

ChildSizes sizes_of(const std::vector<Sample>& samples) {
  ChildSizes sizes;
  double children = 0;
  for (const Sample& sample : samples)
    for (const ProcessUsage& process : sample.processes) {
      if (process.parent) continue;
      const auto own = static_cast<double>((process.unique + process.swap).value);
      sizes.largest = std::max(sizes.largest, own);
      sizes.mean_rss += static_cast<double>(process.rss.value);
      ++children;
    }
  if (children > 0) sizes.mean_rss /= children;
  return sizes;
}

Directives with_workers(const Case& tried, Directives directives, double workers) {
  set_workers(tried.mpm,
              std::clamp<std::int64_t>(static_cast<std::int64_t>(workers), 1, kMostWorkers),
              directives);
  return directives;
}

// An agent's history of the rounds, an hour apart.
class Rounds {
 public:
  // Adds what the pools brought until now.
  void remember(std::vector<Sample> samples, Observation& seen) {
    std::vector<StoredSample> stored;
    for (Sample& sample : samples) {
      sample.at += round_ * std::chrono::hours(1);
      sample.restarted += round_ * std::chrono::hours(1);
      sample.processes.clear();
      stored.push_back({kServer, std::move(sample)});
    }
    ++round_;
    const Instant now = stored.back().sample.at + std::chrono::minutes(2);
    if (!history_.append(stored) || !history_.roll_up(now)) return;
    const auto remembered = history_.remembered(kServer, Instant{}, now, seen.worker_limit);
    if (!remembered) return;
    seen.full_pools = remembered->full_pools;
    seen.crowd = remembered->crowd;
    seen.served = remembered->served;
  }

 private:
  static constexpr const char* kServer = "the one that is played with";
  History history_ = std::move(*History::open(":memory:"));
  int round_ = 0;
};

double mean_queue(const std::vector<Sample>& samples) {
  double queue = 0;
  for (const Sample& sample : samples)
    queue += static_cast<double>(queue_of(sample.listeners));
  return queue / static_cast<double>(samples.size());
}

double processors_busy(const std::vector<Sample>& samples) {
  const HostUsage& first = samples.front().host;
  const HostUsage& last = samples.back().host;
  return (last.cpu_busy_seconds - first.cpu_busy_seconds) /
         (last.cpu_total_seconds - first.cpu_total_seconds);
}

}  // namespace

Directives defaults() {
  return {};
}

Directives debian(Mpm mpm) {
  if (mpm == Mpm::Prefork)
    return {{"StartServers", 5},
            {"MinSpareServers", 5},
            {"MaxSpareServers", 10},
            {"MaxRequestWorkers", 150},
            {"MaxConnectionsPerChild", 0}};
  return {{"StartServers", 2},          {"MinSpareThreads", 25}, {"MaxSpareThreads", 75},
          {"ThreadLimit", 64},          {"ThreadsPerChild", 25}, {"MaxRequestWorkers", 150},
          {"MaxConnectionsPerChild", 0}};
}

Directives apache2buddy(const Case& tried) {
  if (tried.mpm != Mpm::Prefork) return defaults();
  const ChildSizes sizes = sizes_of(watch(tried, defaults(), kFirstRound).samples);
  return with_workers(tried, {}, tried.memory.budget / (kPmap * sizes.largest));
}

Directives memory_over_rss(const Case& tried) {
  if (tried.mpm != Mpm::Prefork) return defaults();
  const ChildSizes sizes = sizes_of(watch(tried, defaults(), kFirstRound).samples);
  return with_workers(tried, {}, tried.memory.budget / sizes.mean_rss);
}

Directives saturation(const Case& tried) {
  constexpr double kFull = 0.9;
  Directives directives;
  for (std::uint64_t window = 0; window < 8; ++window) {
    const Watched seen = watch(tried, directives, kFirstWindow + window);
    const bool waiting = mean_queue(seen.samples) > 1;
    const bool full = processors_busy(seen.samples) >= kFull;
    const auto workers = static_cast<double>(seen.settings.worker_limit);
    if (waiting && !full) directives = with_workers(tried, directives, 1.5 * workers + 1);
    if (full && !waiting) directives = with_workers(tried, directives, workers / 1.25);
  }
  return directives;
}

Directives hill_climb(const Case& tried) {
  Directives best;
  double workers = static_cast<double>(workers_of(tried.mpm, best));
  double last = outcome_of(tried, best, kFirstStep).seconds;
  double least = last;
  double step = 0.3;
  bool up = true;
  for (std::uint64_t window = 1; window <= 12; ++window) {
    workers *= up ? 1 + step : 1 / (1 + step);
    const Directives next = with_workers(tried, {}, workers);
    const double seconds = outcome_of(tried, next, kFirstStep + window).seconds;
    if (seconds < last) {
      step = std::min(0.8, step * 1.3);
    } else {
      up = !up;
      step *= 0.6;
    }
    last = seconds;
    if (seconds >= least) continue;
    least = seconds;
    best = next;
  }
  return best;
}

Outcome gradient2(const Case& tried) {
  const Directives directives = with_workers(tried, {}, 1000);
  Outcome mean;
  constexpr std::uint64_t kSeeds = 3;
  for (std::uint64_t seed = 100; seed < 100 + kSeeds; ++seed) {
    Gradient2 limiter;
    const Outcome one = outcome_of(tried, directives, seed, &limiter);
    mean.seconds += one.seconds / kSeeds;
    mean.failed += one.failed / kSeeds;
    mean.over_budget += one.over_budget / kSeeds;
  }
  return mean;
}

std::vector<Round> advised(const Case& tried, int rounds) {
  std::vector<Round> played;
  Directives directives = defaults();
  Rounds before;
  for (int round = 0; round < rounds; ++round) {
    Watched seen = watch(tried, directives, kFirstRound + static_cast<std::uint64_t>(round));
    Observation observation = observe(seen.samples, seen.settings);
    before.remember(std::move(seen.samples), observation);
    Proposal proposal = recommend(observation);
    for (const Change& change : proposal.changes)
      directives[change.directive] = change.to;
    played.push_back({seen.outcome, std::move(proposal), directives});
  }
  return played;
}

}  // namespace mpm::regret
