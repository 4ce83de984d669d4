// SPDX-License-Identifier: Apache-2.0
//
// The use case that looks at whether all is there that a look needs.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "agent/base/file.h"
#include "agent/scoreboard/status_page_source.h"
#include "agent/service/agent.h"
#include "agent/service/doctor.h"
#include "agent/service/listening.h"
#include "agent/service/sources.h"
#include "agent/target/supervisor.h"

namespace mpm {
namespace {

ServiceAgent service_at(const std::string& socket) {
  const auto reached = reaches(socket);
  if (reached) return ServiceAgent::Answers;
  return reached.error().kind == Error::Kind::Denied ? ServiceAgent::Denied : ServiceAgent::Absent;
}

}  // namespace

Result<DoctorReport> Agent::doctor() {
  const auto found = find();
  if (!found) return fail(found.error());
  AgentFindings agent;
  agent.place = place_of_agent(proc_, Systemd().mark);
  agent.ephemeral = options_.ephemeral;
  agent.keeps_history = options_.history != ":memory:";
  if (options_.ephemeral) agent.service = service_at(options_.service_socket);
  agent.hand = hand_at(options_.hand_socket, !options_.ephemeral);
  std::vector<ServerFindings> servers;
  for (const Target& target : *found) {
    ServerFindings server;
    server.target = target;
    const auto watched = watch(target);
    auto look = watched->look(Sweep::Memory);
    if (look) {
      server.sources = std::move(look->sources);
      server.losses = std::move(look->losses);
    } else {
      server.trouble = std::move(look.error());
    }
    server.settings = watched->settings();
    if (!target.listeners.empty())
      if (const auto page = StatusPageSource(status_page_of(target.listeners.front())).read();
          !page)
        server.status_page = page.error();
    server.is_entered = read_link(fmt::format("{}/{}/root", proc_.root(), target.pid)).has_value();
    servers.push_back(std::move(server));
  }
  return diagnose(agent, servers, clock_.now());
}

}  // namespace mpm
