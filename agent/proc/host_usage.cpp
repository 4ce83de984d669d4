// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/host_usage.h"

#include <algorithm>

#include <unistd.h>

#include "agent/proc/cgroup.h"
#include "agent/proc/losses.h"
#include "agent/proc/proc_parse.h"

namespace mpm {
namespace {

// Processors in the process's affinity mask, which a cpuset narrows too.
std::int64_t allowed_processors(std::string_view status) {
  constexpr std::string_view kKey = "Cpus_allowed_list:";
  const auto at = status.find(kKey);
  if (at == std::string_view::npos) return 0;
  const auto end = status.find('\n', at);
  std::string_view list = status.substr(at + kKey.size(), end - at - kKey.size());
  return count_list(list);
}

void read_memory(const ProcFs& proc, HostUsage& host, std::vector<std::string>& losses) {
  const auto text = proc.text("meminfo");
  if (!text) return add_loss(losses, "The host's memory is unknown: " + text.error().what);
  const MemoryInfo info = parse_meminfo(*text);
  host.memory_total = info.total;
  host.memory_available = info.available;
  host.swap_used = info.swap_total - info.swap_free;
  // Kernels without CONFIG_PSI have no such file; that is no loss worth a word.
  if (const auto pressure = proc.text("pressure/memory")) {
    host.memory_pressure_some = parse_pressure(*pressure, "some");
    host.memory_pressure_full = parse_pressure(*pressure, "full");
  }
}

void read_cpu(const ProcFs& proc, std::int32_t pid, HostUsage& host,
              std::vector<std::string>& losses) {
  const auto text = proc.text("stat");
  if (!text) return add_loss(losses, "The host's processors are unknown: " + text.error().what);
  const HostCpu cpu = parse_host_stat(*text, static_cast<double>(::sysconf(_SC_CLK_TCK)));
  host.cpu_busy_seconds = cpu.busy_seconds;
  host.cpu_total_seconds = cpu.total_seconds;
  host.cores = static_cast<double>(cpu.processors);
  const auto status = proc.text(std::to_string(pid) + "/status");
  if (const std::int64_t allowed = status ? allowed_processors(*status) : 0; allowed > 0)
    host.cores = std::min(host.cores, static_cast<double>(allowed));
  const CpuQuota quota = cpu_quota(proc, pid);
  if (quota.cores > 0) host.cores = std::min(host.cores, quota.cores);
  host.cpu_periods = quota.periods;
  host.cpu_throttled = quota.throttled;
}

// Of the process's own network namespace: /proc/PID/net is.
void read_network(const ProcFs& proc, std::int32_t pid, HostUsage& host) {
  if (const auto text = proc.text(std::to_string(pid) + "/net/netstat")) {
    host.listen_overflows = parse_netstat(*text, "TcpExt", "ListenOverflows");
    host.listen_drops = parse_netstat(*text, "TcpExt", "ListenDrops");
  }
  if (const auto text = proc.text("sys/net/core/somaxconn"))
    host.somaxconn = parse_number(*text).value_or(0);
}

}  // namespace

HostUsage host_usage(const ProcFs& proc, std::int32_t pid, std::vector<std::string>& losses) {
  HostUsage host;
  read_memory(proc, host, losses);
  read_cpu(proc, pid, host, losses);
  read_network(proc, pid, host);
  host.limits = memory_limits(proc, pid);
  return host;
}

}  // namespace mpm
