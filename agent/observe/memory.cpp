// SPDX-License-Identifier: Apache-2.0
//
// A child's own cost is its unique memory and what of it was swapped out: what it fills when it
// works. Where memory is short its resident part alone shrinks with the shortage, and the worse it
// is the more children would seem to fit. What all map together is the sum of PSS less the
// children's unique memory: PSS divides each shared page among those that map it, so the shares of
// the server's processes add up to the page itself. Both are of what is resident, as is a budget.
#include "agent/observe/memory.h"

#include <algorithm>
#include <map>
#include <vector>

#include "agent/observe/distribution.h"

namespace mpm {
namespace {

// Growth is looked for after the warm-up: a child that has served fewer
// requests still fills its caches.
constexpr std::int64_t kWarmRequests = 40;
constexpr std::int64_t kFewestRequestsBetween = 10;
constexpr std::size_t kFewestPairs = 8;
constexpr std::size_t kMostPairs = 20000;

struct Point {
  std::int64_t requests = 0;
  std::int64_t own = 0;
};

Bytes own(const ProcessUsage& process) {
  return process.unique + process.swap;
}

// A pid is used again by a successor: its requests begin anew.
using Lives = std::map<std::int32_t, std::vector<std::vector<Point>>>;

Lives lives_of(std::span<const Sample> samples) {
  Lives lives;
  for (const Sample& sample : samples)
    for (const ProcessUsage& process : sample.processes) {
      if (process.parent) continue;
      auto& of_pid = lives[process.pid];
      if (of_pid.empty() || of_pid.back().back().requests > process.requests) of_pid.emplace_back();
      of_pid.back().push_back({process.requests, own(process).value});
    }
  return lives;
}

// Theil-Sen within each child: the slopes of all pairs of sweeps far enough apart.
std::vector<double> slopes_of(const Lives& lives) {
  std::vector<double> slopes;
  for (const auto& [pid, of_pid] : lives)
    for (const std::vector<Point>& life : of_pid)
      for (std::size_t i = 0; i < life.size(); ++i)
        for (std::size_t j = i + 1; j < life.size() && slopes.size() < kMostPairs; ++j) {
          const std::int64_t between = life[j].requests - life[i].requests;
          if (life[i].requests < kWarmRequests || between < kFewestRequestsBetween) continue;
          slopes.push_back(static_cast<double>(life[j].own - life[i].own) /
                           static_cast<double>(between));
        }
  return slopes;
}

Bytes bytes(double value) {
  return Bytes{static_cast<std::int64_t>(value)};
}

// The size of warm children at no request, on the line that they grow along.
Bytes warm_size(const Lives& lives, double growth) {
  std::vector<double> sizes;
  for (const auto& [pid, of_pid] : lives)
    for (const std::vector<Point>& life : of_pid)
      for (const Point& point : life)
        if (point.requests >= kWarmRequests)
          sizes.push_back(static_cast<double>(point.own) -
                          growth * static_cast<double>(point.requests));
  return bytes(std::max(0.0, quantile(std::move(sizes), 0.5)));
}

void add_growth(const Lives& lives, MemoryObservation& memory) {
  const std::vector<double> slopes = slopes_of(lives);
  memory.growth_pairs = static_cast<std::int64_t>(slopes.size());
  if (slopes.size() < kFewestPairs) return;
  memory.growth_per_request = quantile(slopes, 0.5);
  memory.growth_low = quantile(slopes, 0.1);
  memory.child_warm = warm_size(lives, *memory.growth_per_request);
}

}  // namespace

std::optional<MemoryObservation> memory_of(std::span<const Sample> samples) {
  const Sample* last = nullptr;
  std::map<std::int32_t, ProcessUsage> latest;  // of each child, over the whole window
  std::vector<double> fresh;
  for (const Sample& sample : samples) {
    if (sample.processes.empty()) continue;
    last = &sample;
    for (const ProcessUsage& process : sample.processes) {
      if (process.parent) continue;
      latest[process.pid] = process;
      if (process.requests == 0) fresh.push_back(static_cast<double>(own(process).value));
    }
  }
  if (last == nullptr || latest.empty()) return std::nullopt;

  MemoryObservation memory;
  std::vector<double> requests;
  std::int64_t unique_now = 0;
  for (const ProcessUsage& process : last->processes) {
    memory.server_pss += process.pss;
    if (process.parent) continue;
    ++memory.children;
    unique_now += process.unique.value;
    requests.push_back(static_cast<double>(process.requests));
  }
  memory.shared_once = Bytes{std::max<std::int64_t>(0, memory.server_pss.value - unique_now)};
  memory.requests_per_child = quantile(requests, 0.5);

  std::vector<double> sizes;
  std::vector<double> peak;
  std::vector<double> rss;
  for (const auto& [pid, process] : latest) {
    sizes.push_back(static_cast<double>(own(process).value));
    peak.push_back(static_cast<double>(
        std::max(process.peak.value - process.shared.value, own(process).value)));
    rss.push_back(static_cast<double>(process.rss.value));
  }
  memory.child_fresh = bytes(fresh.empty() ? quantile(sizes, 0) : quantile(fresh, 0.5));
  memory.child_typical = bytes(quantile(sizes, 0.5));
  memory.child_large = bytes(quantile(sizes, 0.95));
  memory.child_peak = bytes(quantile(peak, 0.95));
  memory.child_rss = bytes(quantile(rss, 0.5));
  add_growth(lives_of(samples), memory);
  return memory;
}

}  // namespace mpm
