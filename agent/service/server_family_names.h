// SPDX-License-Identifier: Apache-2.0
//
// The names of our families, each with its unit and its help: the one list of them.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "agent/service/families.h"

namespace mpm {

// "127.0.0.1:80", "[::1]:80".
std::string address_text(const std::string& address, std::int32_t port);

namespace family {

inline constexpr auto kGauge = MetricType::Gauge;
inline constexpr auto kCounter = MetricType::Counter;

inline constexpr MetricName kAgentInfo{"mpm_agent_info", kGauge, "The agent that answers."};
inline constexpr MetricName kServers{"mpm_servers", kGauge, "Servers that the agent watches."};
inline constexpr MetricName kUp{"mpm_up", kGauge,
                                "1 when the last look at the server worked and is recent, else 0."};
inline constexpr MetricName kServerInfo{"mpm_server_info", kGauge, "The server's version and MPM."};
inline constexpr MetricName kSourceInUse{
    "mpm_source_in_use", kGauge,
    "1 for the place that the scoreboard is read from, 0 for each better one that fails."};
inline constexpr MetricName kLookTime{"mpm_look_timestamp_seconds", kGauge,
                                      "When the last look at the server ended."};
inline constexpr MetricName kLookDuration{"mpm_look_duration_seconds", kGauge,
                                          "How long the last look at the server took."};
inline constexpr MetricName kWorkerLimit{
    "mpm_worker_limit", kGauge,
    "Workers that can be busy at once, as the server runs: what MaxRequestWorkers comes to."};
inline constexpr MetricName kWorkers{
    "mpm_workers", kGauge,
    "Workers: busy and idle; finishing are busy in a process on its way out, deaf are idle in one "
    "that accepts no connection."};
inline constexpr MetricName kBusyWorkers{"mpm_busy_workers", kGauge,
                                         "Busy workers of all generations, by what they do."};
inline constexpr MetricName kProcesses{
    "mpm_processes", kGauge,
    "Child processes: present, old ones on their way out, and deaf ones that accept nothing."};
inline constexpr MetricName kChildrenStarted{
    "mpm_children_started_total", kCounter,
    "Child processes that came since the server is watched, as far as they lived at a look."};
inline constexpr MetricName kChildrenEnded{
    "mpm_children_ended_total", kCounter, "Child processes that went since the server is watched."};
inline constexpr MetricName kHealth{"mpm_health", kGauge, "1 for how the server is, else 0."};
inline constexpr MetricName kSaturatedSeconds{
    "mpm_saturated_seconds_total", kCounter,
    "Time that the server was seen with no worker for a new connection, since it is watched."};
inline constexpr MetricName kRequests{"mpm_requests_total", kCounter,
                                      "Requests served since the server's last full restart."};
inline constexpr MetricName kSentBytes{"mpm_sent_bytes_total", kCounter,
                                       "Bytes sent since the server's last full restart."};
inline constexpr MetricName kRequestsRunning{"mpm_requests_running", kGauge,
                                             "Requests that are being answered."};
inline constexpr MetricName kOldestRequest{
    "mpm_oldest_request_seconds", kGauge,
    "Age of the oldest request that is being answered; 0 when there is none."};
inline constexpr MetricName kCpuSeconds{
    "mpm_cpu_seconds_total", kCounter,
    "Processor time of the server's children, noted by httpd whenever a request ends."};
inline constexpr MetricName kGeneration{"mpm_generation", kGauge,
                                        "Grows by one with every reload of the server."};
inline constexpr MetricName kRestartTime{"mpm_restart_timestamp_seconds", kGauge,
                                         "When the server was started or fully restarted last."};
inline constexpr MetricName kSetting{
    "mpm_setting", kGauge,
    "The value of a directive of the MPM that is in force, in its own unit."};
inline constexpr MetricName kConfigChanged{
    "mpm_config_changed_since_load", kGauge,
    "1 when a file of the configuration is newer than the last start or reload."};
inline constexpr MetricName kQueueLength{
    "mpm_listen_queue_length", kGauge,
    "Connections in the kernel's queue that no worker has accepted."};
inline constexpr MetricName kQueueLimit{
    "mpm_listen_queue_limit", kGauge,
    "How long that queue may grow: ListenBacklog, as the kernel caps it."};
inline constexpr MetricName kConnections{
    "mpm_connections", kGauge, "Connections to a listening address, as the kernel has them."};
inline constexpr MetricName kListenOverflows{
    "mpm_listen_overflows_total", kCounter,
    "Connections refused because a queue was full, in the server's whole network namespace."};
inline constexpr MetricName kListenDrops{
    "mpm_listen_drops_total", kCounter,
    "Connections dropped before they were accepted, in the server's whole network namespace."};
inline constexpr MetricName kMemory{
    "mpm_memory_bytes", kGauge,
    "Memory of all processes of the server: pss divides shared pages, unique has none, rss counts "
    "them in every process."};
inline constexpr MetricName kLargestUnique{"mpm_child_unique_bytes_max", kGauge,
                                           "Unique memory of the largest child."};
inline constexpr MetricName kLargestPeak{"mpm_child_peak_bytes_max", kGauge,
                                         "The most that any living child ever held (VmHWM)."};
inline constexpr MetricName kThreads{"mpm_threads", kGauge,
                                     "Threads of all processes of the server."};
inline constexpr MetricName kCores{"mpm_cores", kGauge,
                                   "Processors that the server may use, cpuset and quota counted."};
inline constexpr MetricName kHostMemory{"mpm_host_memory_bytes", kGauge,
                                        "Memory of the server's host."};
inline constexpr MetricName kCgroupLimit{
    "mpm_cgroup_memory_limit_bytes", kGauge,
    "The limit of memory with the least room, of all cgroups above the server."};
inline constexpr MetricName kCgroupUsage{"mpm_cgroup_memory_usage_bytes", kGauge,
                                         "Memory charged to the cgroup of that limit."};
inline constexpr MetricName kCgroupCache{"mpm_cgroup_memory_inactive_file_bytes", kGauge,
                                         "Page cache in that usage which the kernel drops first."};

inline constexpr std::array kAll{kAgentInfo,       kServers,       kUp,
                                 kServerInfo,      kSourceInUse,   kLookTime,
                                 kLookDuration,    kWorkerLimit,   kWorkers,
                                 kBusyWorkers,     kProcesses,     kChildrenStarted,
                                 kChildrenEnded,   kHealth,        kSaturatedSeconds,
                                 kRequests,        kSentBytes,     kRequestsRunning,
                                 kOldestRequest,   kCpuSeconds,    kGeneration,
                                 kRestartTime,     kSetting,       kConfigChanged,
                                 kQueueLength,     kQueueLimit,    kConnections,
                                 kMemory,          kLargestUnique, kLargestPeak,
                                 kThreads,         kCores,         kHostMemory,
                                 kCgroupLimit,     kCgroupUsage,   kCgroupCache,
                                 kListenOverflows, kListenDrops};

}  // namespace family
}  // namespace mpm
