// SPDX-License-Identifier: Apache-2.0
#include "agent/service/server_metrics.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>

#include "agent/service/server_family_names.h"
#include "schema/codec/names.h"

namespace mpm {
namespace {

using namespace family;

double seconds_since_1970(Instant at) {
  return std::chrono::duration<double>(at.time_since_epoch()).count();
}

// Points of one server: every label set begins with its name.
class Points {
 public:
  Points(MetricFamilies& families, const std::string& server)
      : families_(families), server_(server) {}

  template <class Number>
  void add(const MetricName& name, Number value, MetricLabels more = {}) {
    more.insert(more.begin(), {"server", server_});
    families_.add(name, std::move(more), value);
  }

 private:
  MetricFamilies& families_;
  const std::string& server_;
};

void add_identity(const Snapshot& server, Points& points) {
  const Target& target = server.target;
  points.add(
      kServerInfo, 1.0,
      {{"mpm", target.mpm ? std::string(name_of(*target.mpm)) : ""}, {"version", target.version}});
  for (const SourceStatus& source : server.sources)
    points.add(kSourceInUse, source.in_use ? 1.0 : 0.0,
               {{"source", std::string(name_of(source.source))}});
  points.add(kLookTime, seconds_since_1970(server.at));
  points.add(kLookDuration, server.look_seconds);
}

void add_workers(const Snapshot& server, Points& points) {
  const Sample& sample = server.sample;
  const Tally& tally = sample.tally;
  if (sample.worker_limit > 0) points.add(kWorkerLimit, sample.worker_limit);
  points.add(kWorkers, tally.busy - tally.finishing, {{"state", "busy"}});
  points.add(kWorkers, tally.finishing, {{"state", "finishing"}});
  points.add(kWorkers, tally.idle - tally.deaf, {{"state", "idle"}});
  points.add(kWorkers, tally.deaf, {{"state", "deaf"}});
  points.add(kWorkers, tally.starting, {{"state", "starting"}});
  points.add(kBusyWorkers, tally.reading, {{"activity", "reading"}});
  points.add(kBusyWorkers, tally.writing, {{"activity", "writing"}});
  points.add(kBusyWorkers, tally.keepalive, {{"activity", "keepalive"}});
  points.add(kBusyWorkers, tally.logging, {{"activity", "logging"}});
  points.add(kBusyWorkers, tally.dns, {{"activity", "dns"}});
  points.add(kBusyWorkers, tally.closing, {{"activity", "closing"}});
  points.add(kBusyWorkers, tally.graceful, {{"activity", "graceful"}});
  // A page names no process.
  if (sample.source != SourceKind::ModStatus) {
    points.add(kProcesses, tally.processes - tally.processes_old - tally.processes_deaf,
               {{"state", "present"}});
    points.add(kProcesses, tally.processes_old, {{"state", "old"}});
    points.add(kProcesses, tally.processes_deaf, {{"state", "deaf"}});
    points.add(kChildrenStarted, sample.children_started);
    points.add(kChildrenEnded, sample.children_ended);
  }
  for (const std::string_view word : kWords<Health>)
    points.add(kHealth, name_of(server.health) == word ? 1.0 : 0.0,
               {{"health", std::string(word)}});
  points.add(kSaturatedSeconds, server.saturated_seconds);
}

void add_work(const Snapshot& server, Points& points) {
  const Sample& sample = server.sample;
  points.add(kRequests, sample.accesses);
  points.add(kSentBytes, sample.bytes);
  // A page tells no times of its requests.
  if (sample.source != SourceKind::ModStatus) {
    points.add(kRequestsRunning, sample.work.running);
    points.add(kOldestRequest, sample.work.age_max_seconds);
  }
  if (const auto user = server.totals.cpu_user_seconds)
    points.add(kCpuSeconds, *user, {{"mode", "user"}});
  if (const auto system = server.totals.cpu_system_seconds)
    points.add(kCpuSeconds, *system, {{"mode", "system"}});
  points.add(kGeneration, std::int64_t{sample.generation});
  if (sample.restarted != Instant{}) points.add(kRestartTime, seconds_since_1970(sample.restarted));
}

void add_settings(const Snapshot& server, Points& points) {
  if (server.settings.numbers.empty()) return;
  for (const auto& [directive, value] : server.settings.numbers)
    points.add(kSetting, value, {{"directive", directive}});
  points.add(kConfigChanged, server.settings.changed_since_load ? 1.0 : 0.0);
}

// `listen` is bounded by the configuration. Sockets of one address (ListenCoresBucketsRatio) are
// one series.
void add_listeners(const Snapshot& server, Points& points) {
  std::map<std::string, ListenerUsage> by_address;
  for (const ListenerUsage& listener : server.sample.listeners) {
    ListenerUsage& sum = by_address[address_text(listener.address, listener.port)];
    sum.queue += listener.queue;
    sum.queue_limit += listener.queue_limit;
    sum.established = std::max(sum.established, listener.established);
    sum.closing = std::max(sum.closing, listener.closing);
  }
  for (const auto& [listen, sum] : by_address) {
    points.add(kQueueLength, sum.queue, {{"listen", listen}});
    if (sum.queue_limit > 0) points.add(kQueueLimit, sum.queue_limit, {{"listen", listen}});
    points.add(kConnections, sum.established, {{"listen", listen}, {"state", "established"}});
    points.add(kConnections, sum.closing, {{"listen", listen}, {"state", "closing"}});
  }
}

void add_memory(const Snapshot& server, Points& points) {
  if (server.processes.empty()) return;
  ProcessUsage sum;
  Bytes largest_unique;
  Bytes largest_peak;
  for (const ProcessUsage& process : server.processes) {
    sum.pss += process.pss;
    sum.unique += process.unique;
    sum.rss += process.rss;
    sum.swap += process.swap;
    sum.threads += process.threads;
    if (process.parent) continue;
    largest_unique = std::max(largest_unique, process.unique);
    largest_peak = std::max(largest_peak, process.peak);
  }
  points.add(kMemory, sum.pss.value, {{"kind", "pss"}});
  points.add(kMemory, sum.unique.value, {{"kind", "unique"}});
  points.add(kMemory, sum.rss.value, {{"kind", "rss"}});
  points.add(kMemory, sum.swap.value, {{"kind", "swap"}});
  points.add(kLargestUnique, largest_unique.value);
  points.add(kLargestPeak, largest_peak.value);
  points.add(kThreads, sum.threads);
}

void add_host(const Snapshot& server, Points& points) {
  // A server of another machine has none that we know.
  if (server.target.pid == 0) return;
  const HostUsage& host = server.sample.host;
  if (host.cores > 0) points.add(kCores, host.cores);
  if (host.memory_total.value > 0) {
    points.add(kHostMemory, host.memory_total.value, {{"kind", "total"}});
    points.add(kHostMemory, host.memory_available.value, {{"kind", "available"}});
  }
  const auto tightest = std::ranges::min_element(
      host.limits, {}, [](const MemoryLimit& limit) { return limit.limit - limit.current; });
  if (tightest != host.limits.end()) {
    points.add(kCgroupLimit, tightest->limit.value);
    points.add(kCgroupUsage, tightest->current.value);
    points.add(kCgroupCache, tightest->inactive_file.value);
  }
  points.add(kListenOverflows, host.listen_overflows);
  points.add(kListenDrops, host.listen_drops);
}

// What tells servers of one address apart.
std::string place_of(const Target& target) {
  if (!target.unit.empty()) return target.unit;
  const auto slash = target.cgroup.rfind('/');
  const std::string last =
      slash == std::string::npos ? target.cgroup : target.cgroup.substr(slash + 1);
  return last.empty() ? std::to_string(target.pid) : last;
}

std::string label_of(const Target& target) {
  if (!target.url.empty()) return target.url.substr(0, target.url.find_first_of("?#"));
  if (target.listeners.empty()) return place_of(target);
  const ListenAddress& first = target.listeners.front();
  return address_text(first.address, first.port);
}

}  // namespace

std::vector<MetricName> server_family_names() {
  return {family::kAll.begin(), family::kAll.end()};
}

std::string address_text(const std::string& address, std::int32_t port) {
  const bool six = address.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", six ? "[" : "", address, six ? "]" : "", port);
}

std::vector<std::string> server_labels(const Snapshots& servers) {
  std::vector<std::string> labels;
  for (const auto& server : servers)
    labels.push_back(label_of(server->target));
  const auto tell_apart = [&](const auto& text_of) {
    const std::vector<std::string> before = labels;
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (std::ranges::count(before, before[i]) > 1) labels[i] += "@" + text_of(servers[i]->target);
  };
  tell_apart(place_of);
  tell_apart([](const Target& target) { return std::to_string(target.pid); });
  return labels;
}

void add_agent_families(const Snapshots& servers, MetricFamilies& families) {
  families.add(kAgentInfo, {{"version", MPM_VERSION}}, 1.0);
  families.add(kServers, {}, static_cast<std::int64_t>(servers.size()));
}

void add_server_families(const Snapshot& server, const std::string& label, bool readable,
                         MetricFamilies& families) {
  Points points(families, label);
  points.add(kUp, readable ? 1.0 : 0.0);
  add_identity(server, points);
  if (!readable) return;
  add_workers(server, points);
  add_work(server, points);
  add_settings(server, points);
  add_listeners(server, points);
  add_memory(server, points);
  add_host(server, points);
}

}  // namespace mpm
