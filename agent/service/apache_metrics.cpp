// SPDX-License-Identifier: Apache-2.0
#include "agent/service/apache_metrics.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "schema/codec/names.h"

namespace mpm {
namespace {

constexpr auto kGauge = MetricType::Gauge;
constexpr auto kCounter = MetricType::Counter;

constexpr MetricName kUp{"apache_up", kGauge, "Could the apache server be reached"};
constexpr MetricName kVersion{"apache_version", kGauge, "Apache server version"};
constexpr MetricName kInfo{"apache_info", kGauge, "Apache version information"};
constexpr MetricName kGeneration{"apache_generation", kGauge, "Apache restart generation"};
constexpr MetricName kLoad{"apache_load", kGauge, "Apache server load"};
constexpr MetricName kAccesses{"apache_accesses_total", kCounter,
                               "Current total apache accesses (*)"};
constexpr MetricName kSent{"apache_sent_kilobytes_total", kCounter,
                           "Current total kbytes sent (*)"};
constexpr MetricName kDuration{"apache_duration_ms_total", kCounter,
                               "Total duration of all registered requests in ms"};
constexpr MetricName kCpuTime{"apache_cpu_time_ms_total", kCounter, "Apache CPU time"};
constexpr MetricName kCpuLoad{"apache_cpuload", kGauge,
                              "The current percentage CPU used by each worker and in total by all "
                              "workers combined (*)"};
constexpr MetricName kUptime{"apache_uptime_seconds_total", kCounter,
                             "Current uptime in seconds (*)"};
constexpr MetricName kWorkers{"apache_workers", kGauge, "Apache worker statuses"};
constexpr MetricName kProcesses{"apache_processes", kGauge, "Apache process count"};
constexpr MetricName kConnections{"apache_connections", kGauge, "Apache connection statuses"};
constexpr MetricName kScoreboard{"apache_scoreboard", kGauge, "Apache scoreboard statuses"};
constexpr MetricName kBalancerStatus{"apache_proxy_balancer_status", kGauge,
                                     "Apache Proxy Balancer Statuses"};
constexpr MetricName kBalancerAccesses{"apache_proxy_balancer_accesses_total", kCounter,
                                       "Apache Proxy Balancer Request Count"};
constexpr MetricName kBalancerBusy{"apache_proxy_balancer_busy", kGauge,
                                   "Apache Proxy Balancer Active Requests"};
constexpr MetricName kBalancerRequests{"apache_proxy_balancer_request_kbytes_total", kCounter,
                                       "Apache Proxy Balancer Request Count"};
constexpr MetricName kBalancerResponses{"apache_proxy_balancer_response_kbytes_total", kCounter,
                                        "Apache Proxy Balancer Request Count"};

constexpr double kMilli = 1000;

// By WorkerState: ".S_RWKLDCGI".
constexpr std::array<const char*, kStateLetters.size()> kStates{
    "open_slot", "startup", "idle",    "read",          "reply",       "keepalive",
    "logging",   "dns",     "closing", "graceful_stop", "idle_cleanup"};

// "2.4.71" is 2.04071.
double version_number(std::string_view version) {
  constexpr std::array<double, 3> kParts{1, 1e-2, 1e-5};
  double number = 0;
  for (const double part : kParts) {
    const auto end = version.find('.');
    const std::string_view digits = version.substr(0, end);
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    number += value * part;
    if (end == std::string_view::npos) break;
    version.remove_prefix(end + 1);
  }
  return std::round(number * 1e5) / 1e5;
}

void add_identity(const Snapshot& server, MetricFamilies& families) {
  const Target& target = server.target;
  families.add(kVersion, {}, version_number(target.version));
  std::string version = server.totals.server_version;
  if (version.empty()) version = target.version.empty() ? "UNKNOWN" : "Apache/" + target.version;
  families.add(kInfo,
               {{"mpm", target.mpm ? std::string(name_of(*target.mpm)) : "UNKNOWN"},
                {"version", std::move(version)}},
               1.0);
  // httpd begins the one with 1 and the other with 0, and raises both with every reload.
  families.add(kGeneration, {{"type", "config"}},
               server.totals.config_generation.value_or(server.sample.generation + 1));
  families.add(kGeneration, {{"type", "mpm"}}, std::int64_t{server.sample.generation});
}

void add_load(const Snapshot& server, MetricFamilies& families) {
  if (!server.load) return;
  families.add(kLoad, {{"interval", "1min"}}, (*server.load)[0]);
  families.add(kLoad, {{"interval", "5min"}}, (*server.load)[1]);
  families.add(kLoad, {{"interval", "15min"}}, (*server.load)[2]);
}

void add_work(const Snapshot& server, MetricFamilies& families) {
  const Sample& sample = server.sample;
  const auto uptime = std::chrono::floor<std::chrono::seconds>(sample.at - sample.restarted);
  families.add(kAccesses, {}, sample.accesses);
  families.add(kSent, {}, sample.bytes / kKiB.value);
  if (const auto duration = server.totals.duration_seconds)
    families.add(kDuration, {}, std::floor(*duration * kMilli));
  const auto user = server.totals.cpu_user_seconds;
  const auto system = server.totals.cpu_system_seconds;
  if (user && system) {
    families.add(kCpuTime, {{"type", "system"}}, *system * kMilli);
    families.add(kCpuTime, {{"type", "user"}}, *user * kMilli);
    if (uptime.count() > 0)
      families.add(kCpuLoad, {}, 100 * (*user + *system) / static_cast<double>(uptime.count()));
    else
      families.add(kCpuLoad, {}, 0.0);
  }
  families.add(kUptime, {}, std::int64_t{uptime.count()});
}

void add_workers(const Snapshot& server, MetricFamilies& families) {
  const Tally& tally = server.sample.tally;
  families.add(kWorkers, {{"state", "busy"}}, tally.busy);
  families.add(kWorkers, {{"state", "idle"}}, tally.idle - tally.deaf);
  const PageCounts& page = server.page;
  if (server.target.mpm == Mpm::Event) {
    families.add(kProcesses, {{"state", "all"}}, server.totals.processes.value_or(page.processes));
    families.add(kProcesses, {{"state", "stopping"}},
                 server.totals.stopping.value_or(page.stopping));
    families.add(kConnections, {{"state", "total"}}, page.connections);
    families.add(kConnections, {{"state", "writing"}}, page.writing);
    families.add(kConnections, {{"state", "keepalive"}}, page.keepalive);
    families.add(kConnections, {{"state", "closing"}}, page.closing);
  }
  for (std::size_t state = 0; state < kStates.size(); ++state)
    families.add(kScoreboard, {{"state", kStates[state]}}, page.letters[state]);
}

void add_balancers(const Snapshot& server, MetricFamilies& families) {
  for (const BalancerWorker& worker : server.totals.balancers) {
    const MetricLabels who{{"balancer", worker.balancer}, {"worker", worker.worker}};
    MetricLabels how = who;
    how.insert(how.begin() + 1, {"status", worker.status});
    families.add(kBalancerStatus, std::move(how), 1.0);
    families.add(kBalancerAccesses, who, worker.elected);
    families.add(kBalancerBusy, who, worker.busy);
    families.add(kBalancerRequests, who, worker.sent_kilobytes);
    families.add(kBalancerResponses, who, worker.received_kilobytes);
  }
}

}  // namespace

void add_apache_families(const Snapshot* server, bool readable, MetricFamilies& families) {
  readable = readable && server != nullptr;
  families.add(kUp, {}, readable ? 1.0 : 0.0);
  if (!readable) return;
  add_identity(*server, families);
  add_load(*server, families);
  add_work(*server, families);
  add_workers(*server, families);
  add_balancers(*server, families);
}

}  // namespace mpm
