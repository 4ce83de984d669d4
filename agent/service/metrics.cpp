// SPDX-License-Identifier: Apache-2.0
#include "agent/service/metrics.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "agent/service/apache_metrics.h"
#include "agent/service/families.h"
#include "agent/service/server_metrics.h"

namespace mpm {
namespace {

bool is_called(const Target& target, const std::string& name) {
  if (!target.url.empty()) return target.url == name;
  if (std::to_string(target.pid) == name) return true;
  return std::ranges::any_of(target.listeners, [&](const ListenAddress& listener) {
    return ":" + std::to_string(listener.port) == name;
  });
}

bool readable(const Snapshot& server, Instant oldest) {
  return !server.trouble && server.at >= oldest;
}

// The servers that are meant: all of them, or those called `name`.
Snapshots called(const Snapshots& servers, const std::string& name) {
  Snapshots meant;
  std::ranges::copy_if(servers, std::back_inserter(meant), [&](const auto& server) {
    return name.empty() || is_called(server->target, name);
  });
  return meant;
}

// Those that run here go before those that are known by their pages alone, which somebody asked
// about once.
Snapshots of_this_host(const Snapshots& servers) {
  Snapshots local;
  std::ranges::copy_if(servers, std::back_inserter(local),
                       [](const auto& server) { return server->target.pid != 0; });
  return local.empty() ? servers : local;
}

}  // namespace

Result<std::string> metrics_page(const Snapshots& servers, const std::string& target,
                                 Instant oldest) {
  const Snapshots meant = called(servers, target);
  if (!target.empty() && meant.empty())
    return fail(Error::Kind::NotFound,
                fmt::format("no server that is watched here is called \"{}\"; leave target out to "
                            "see which ones are",
                            target));
  MetricFamilies families;
  add_agent_families(servers, families);
  const std::vector<std::string> labels = server_labels(servers);
  for (const auto& server : meant) {
    const auto at = static_cast<std::size_t>(std::ranges::find(servers, server) - servers.begin());
    add_server_families(*server, labels[at], readable(*server, oldest), families);
  }
  // Of several it could not be told whose they are.
  const Snapshots candidates = of_this_host(meant);
  if (candidates.size() <= 1) {
    const Snapshot* server = candidates.empty() ? nullptr : candidates.front().get();
    add_apache_families(server, server != nullptr && readable(*server, oldest), families);
  }
  return metrics_text(families);
}

}  // namespace mpm
