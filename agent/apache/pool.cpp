// SPDX-License-Identifier: Apache-2.0
#include "agent/apache/pool.h"

#include <algorithm>
#include <string_view>

#include "agent/apache/constraints.h"

namespace mpm::apache {
namespace {

// httpd cuts the processes to ServerLimit and keeps MaxRequestWorkers as it was; its messages
// about the limit follow the latter.
void keep_uncut_limit(Pool& pool, const MpmSettings& settings) {
  if (pool.mpm != Mpm::Worker && pool.mpm != Mpm::Event) return;
  for (const Setting& setting : settings.settings) {
    if (setting.directive != "MaxRequestWorkers" || !setting.value) continue;
    const auto written = static_cast<std::int32_t>(leading_integer(*setting.value));
    const std::int32_t rounded = written / pool.threads_per_child * pool.threads_per_child;
    pool.max_request_workers = std::max(pool.max_request_workers, rounded);
  }
}

}  // namespace

Pool pool_of(Mpm mpm, const MpmSettings& settings) {
  const auto value = [&](std::string_view name, std::int32_t without) {
    return static_cast<std::int32_t>(number_in_force(settings, name, without));
  };
  const bool threads = mpm != Mpm::Prefork;
  Pool pool;
  pool.mpm = mpm;
  pool.server_limit = value("ServerLimit", 1);
  pool.thread_limit = value("ThreadLimit", 1);
  pool.threads_per_child = value("ThreadsPerChild", 1);
  pool.max_request_workers = value("MaxRequestWorkers", pool.threads_per_child);
  pool.max_children = pool.max_request_workers / pool.threads_per_child;
  pool.start_servers = value("StartServers", 1);
  pool.min_spare = value(threads ? "MinSpareThreads" : "MinSpareServers", 0);
  pool.max_spare = value(threads ? "MaxSpareThreads" : "MaxSpareServers", 0);
  pool.max_connections_per_child = value("MaxConnectionsPerChild", 0);
  pool.async_factor = value("AsyncRequestWorkerFactor", 1);
  keep_uncut_limit(pool, settings);
  return pool;
}

}  // namespace mpm::apache
