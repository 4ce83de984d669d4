// SPDX-License-Identifier: Apache-2.0
#include "agent/advise/model/replay.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "agent/advise/model/erlang.h"

namespace mpm::model {
namespace {

// Clients repeat a SYN that was dropped after 1, 3 and 7 seconds; each repetition is counted.
constexpr double kOverflowWeight = 0.4;
constexpr std::int64_t kFewestPairs = 10;  // of sweeps that a leak is believed from
constexpr double kShortestKept = 0.001;    // seconds
// Of processors that are busier, how long a request waits for them says little.
constexpr double kBusiest = 0.85;
constexpr double kLeastCores = 0.1;

double seconds_between(Instant from, Instant to) {
  return Seconds(to - from).count();
}

std::int64_t serving(const Sample& sample) {
  return sample.tally.busy - sample.tally.keepalive - sample.tally.reading;
}

// Requests that came between two looks; nullopt where the server was restarted meanwhile.
std::optional<double> arrived(const Sample& a, const Sample& b) {
  if (b.accesses < a.accesses || b.pid != a.pid) return std::nullopt;
  const std::int64_t pending =
      serving(b) - serving(a) + queue_of(b.listeners) - queue_of(a.listeners);
  return std::max(0.0, static_cast<double>(b.accesses - a.accesses + pending) +
                           kOverflowWeight * static_cast<double>(overflows_between(a, b)));
}

bool is_off(const MpmSettings& settings, std::string_view directive) {
  const std::string* word = word_in_force(settings, directive);
  return word != nullptr && (*word == "Off" || *word == "off");
}

bool knows_processors(const Observation& seen) {
  return seen.load.cpu_seconds_per_request > 0 && seen.host.cores > 0;
}

// The variance of both parts is that of the whole; that of a time of which only the mean is known
// is taken for an exponential one's.
ServiceTime rest_of(const LoadObservation& load, double on_processors) {
  const double whole = load.service_seconds;
  const double variance = (load.service_cv2 > 0 ? load.service_cv2 : 1) * whole * whole;
  const double rest = std::max(0.0, whole - on_processors);
  if (rest <= 0) return ServiceTime(0);
  return ServiceTime(rest, std::max(0.0, variance - on_processors * on_processors) / rest / rest);
}

// A request's time in its worker, parted in what it takes of a processor and the rest. That it
// waited for a processor is in the whole, and not in either part: the simulator makes it wait.
void split_service(const Observation& seen, LoadShape& load) {
  const double work = std::min(seen.load.cpu_seconds_per_request, seen.load.service_seconds);
  const double cores = std::max(1.0, std::round(seen.host.cores));
  const double busy = std::clamp(seen.load.cpu_busy_share, 0.0, kBusiest);
  const double waits = erlang_c(static_cast<int>(cores), busy * cores) / (cores * (1 - busy));
  load.processor = ServiceTime(work, 1);
  load.service = rest_of(seen.load, work * (1 + waits));
}

// What others on the host leave.
double cores_left(const Observation& seen) {
  const double ours = seen.load.completed_per_second * seen.load.cpu_seconds_per_request;
  const double others = std::max(0.0, seen.load.cpu_busy_share * seen.host.cores - ours);
  return std::max(kLeastCores, seen.host.cores - others);
}

ChildCosts costs_of(const MemoryObservation& memory) {
  ChildCosts costs;
  costs.fresh_bytes = static_cast<double>(memory.child_fresh.value);
  costs.grown_bytes = static_cast<double>(std::max(memory.child_typical, memory.child_fresh).value);
  if (memory.growth_pairs >= kFewestPairs)
    costs.leaked_a_request = std::max(0.0, memory.growth_low);
  return costs;
}

}  // namespace

LoadShape load_of(std::span<const Sample> samples, const Observation& seen) {
  LoadShape load{.arriving = Arriving::Counted};
  load.service =
      ServiceTime(seen.load.service_seconds, seen.load.service_cv2 > 0 ? seen.load.service_cv2 : 1);
  if (knows_processors(seen)) split_service(seen, load);
  // Little's law: those that wait for a client's next request, by the requests in a second.
  if (seen.load.completed_per_second > 0) {
    const double kept = seen.load.keepalive.mean / seen.load.completed_per_second;
    if (kept >= kShortestKept) load.kept_seconds = kept;
  }
  if (samples.empty()) return load;
  const Instant begin = samples.front().at;
  const auto seconds =
      static_cast<std::size_t>(std::ceil(seconds_between(begin, samples.back().at)));
  load.clients.reserve(seconds);
  std::size_t next = 1;
  double rate = 0;
  for (std::size_t second = 0; second < seconds; ++second) {
    const auto middle = static_cast<double>(second) + 0.5;
    while (next + 1 < samples.size() && seconds_between(begin, samples[next].at) < middle)
      ++next;
    const Sample& a = samples[next - 1];
    const Sample& b = samples[next];
    const double span = seconds_between(a.at, b.at);
    if (const auto came = arrived(a, b); came && span > 0) rate = *came / span;
    load.clients.push_back(rate);
  }
  return load;
}

std::optional<Served> served_by(const MpmSettings& settings, const Observation& seen) {
  if (!settings.mpm || *settings.mpm == Mpm::Winnt) return std::nullopt;
  Served served{.pool = apache::pool_of(*settings.mpm, settings)};
  std::int64_t backlog = number_in_force(settings, "ListenBacklog", served.listen_backlog);
  if (seen.host.somaxconn > 0) backlog = std::min(backlog, seen.host.somaxconn);
  served.listen_backlog = static_cast<std::int32_t>(backlog);
  served.keep_alive = !is_off(settings, "KeepAlive");
  served.keep_alive_timeout =
      std::chrono::seconds(number_in_force(settings, "KeepAliveTimeout", 5));
  served.max_keep_alive_requests =
      static_cast<std::int32_t>(number_in_force(settings, "MaxKeepAliveRequests", 100));
  if (seen.memory) served.costs = costs_of(*seen.memory);
  if (knows_processors(seen)) served.machine.cores = cores_left(seen);
  return served;
}

}  // namespace mpm::model
