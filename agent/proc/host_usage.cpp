// SPDX-License-Identifier: Apache-2.0
#include "agent/proc/host_usage.h"

#include <algorithm>
#include <utility>

#include <unistd.h>

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

void read_cpu(const ProcFs& proc, HostUsage& host, std::vector<std::string>& losses) {
  const auto text = proc.text("stat");
  if (!text) return add_loss(losses, "The host's processors are unknown: " + text.error().what);
  const HostCpu cpu = parse_host_stat(*text, static_cast<double>(::sysconf(_SC_CLK_TCK)));
  host.cpu_busy_seconds = cpu.busy_seconds;
  host.cpu_total_seconds = cpu.total_seconds;
  host.cores = static_cast<double>(cpu.processors);
}

}  // namespace

HostWatch::HostWatch(ProcFs proc, std::int32_t pid)
    : proc_(std::move(proc)), pid_(pid), cgroups_(proc_, pid) {
  look_at_limits();
  look_at_overflows();
}

void HostWatch::look_at_limits() {
  cgroups_.look();
  const auto status = proc_.text(std::to_string(pid_) + "/status");
  allowed_processors_ = status ? allowed_processors(*status) : 0;
  const auto somaxconn = proc_.text("sys/net/core/somaxconn");
  somaxconn_ = somaxconn ? parse_number(*somaxconn).value_or(0) : 0;
}

// /proc/PID/net is that of the process's own network namespace.
void HostWatch::look_at_overflows() {
  const auto text = proc_.text(std::to_string(pid_) + "/net/netstat");
  listen_overflows_ = text ? parse_netstat(*text, "TcpExt", "ListenOverflows") : 0;
  listen_drops_ = text ? parse_netstat(*text, "TcpExt", "ListenDrops") : 0;
}

HostUsage HostWatch::usage(std::vector<std::string>& losses) const {
  HostUsage host;
  read_memory(proc_, host, losses);
  read_cpu(proc_, host, losses);
  host.listen_overflows = listen_overflows_;
  host.listen_drops = listen_drops_;
  const CpuQuota quota = cgroups_.cpu_quota();
  if (allowed_processors_ > 0)
    host.cores = std::min(host.cores, static_cast<double>(allowed_processors_));
  if (quota.cores > 0) host.cores = std::min(host.cores, quota.cores);
  host.cpu_periods = quota.periods;
  host.cpu_throttled = quota.throttled;
  host.somaxconn = somaxconn_;
  host.limits = cgroups_.memory_limits();
  return host;
}

}  // namespace mpm
