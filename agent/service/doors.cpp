// SPDX-License-Identifier: Apache-2.0
#include "agent/service/doors.h"

#include <array>
#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <grp.h>
#include <unistd.h>

#include "agent/base/file.h"
#include "agent/service/access.h"
#include "agent/service/listening.h"

namespace mpm {
namespace {

std::string name_of_host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

Result<gid_t> group_called(const std::string& name) {
  errno = 0;
  const group* const found = ::getgrnam(name.c_str());
  if (found != nullptr) return found->gr_gid;
  return fail(Error::Kind::NotFound,
              fmt::format("there is no group {}; make it with groupadd --system {}", name, name));
}

std::vector<std::string> contradictions(const ProgramOptions& options) {
  std::vector<std::string> wrong;
  const ApiPort& port = options.port;
  if (!options.metrics.empty())
    if (const auto place = parse_endpoint(options.metrics); !place)
      wrong.push_back("metrics: " + place.error().what);
  if (port.tls.certificate.empty() != port.tls.key.empty())
    wrong.emplace_back("certificate and key: one needs the other");
  if (!port.tls.client_ca.empty() && port.tls.certificate.empty())
    wrong.emplace_back("client_ca: it is for a port with TLS; give certificate and key as well");
  if (port.endpoint.empty()) {
    if (!port.tokens.empty() || !port.tls.certificate.empty())
      wrong.emplace_back("tokens, certificate and key are for a port; give listen as well");
    return wrong;
  }
  const auto place = parse_endpoint(port.endpoint);
  if (!place) {
    wrong.push_back("listen: " + place.error().what);
    return wrong;
  }
  if (port.tokens.empty())
    wrong.emplace_back("listen: whoever reaches a port could ask; give tokens, a file, as well");
  if (!place->is_loopback() && port.tls.certificate.empty())
    wrong.push_back(
        fmt::format("listen: tokens would go to {} in the clear; give certificate and "
                    "key, or an address of the loopback",
                    place->address));
  return wrong;
}

Result<PreparedDoors> PreparedDoors::of(const ProgramOptions& options) {
  PreparedDoors ready;
  if (!options.group.empty()) {
    const auto group = group_called(options.group);
    if (!group) return fail(group.error());
    ready.group = *group;
  }
  if (options.port.endpoint.empty()) return ready;
  auto tokens = Tokens::read(options.port.tokens);
  if (!tokens) return fail(std::move(tokens.error()));
  ready.tokens = std::make_shared<const Tokens>(std::move(*tokens));
  if (options.port.tls.certificate.empty()) return ready;
  auto tls = TlsContext::read(options.port.tls);
  if (!tls) return fail(std::move(tls.error()));
  ready.tls = std::make_shared<const TlsContext>(std::move(*tls));
  return ready;
}

Result<Doors> Doors::open(Agent& agent, const ProgramOptions& options) {
  const auto ready = PreparedDoors::of(options);
  if (!ready) return fail(ready.error());
  const SocketUsers users{::geteuid(), ready->group.value_or(::getegid())};
  Door door;
  door.group = ready->group;
  door.refuse = [users](const ApiRequest& head) {
    return refusal(head, head.peer ? right_of(*head.peer, users) : Right::None);
  };
  auto socket = HttpServer::listen(
      options.socket, [&agent](const ApiRequest& request) { return respond(agent, request); },
      std::move(door));
  if (!socket) return fail(std::move(socket.error()));
  Doors doors(agent, std::move(*socket));
  if (auto opened = doors.open_port(options, *ready); !opened) return fail(opened.error());
  if (auto opened = doors.open_metrics(options); !opened) return fail(opened.error());
  return doors;
}

Result<void> Doors::open_port(const ProgramOptions& options, const PreparedDoors& ready) {
  port_.reset();
  if (options.port.endpoint.empty()) return {};
  Door door;
  door.tls = ready.tls;
  door.refuse = [tokens = ready.tokens, own_name = name_of_host()](const ApiRequest& head) {
    return refusal_on_port(head, *tokens, own_name);
  };
  auto port = HttpServer::listen_tcp(
      options.port.endpoint,
      [agent = agent_](const ApiRequest& request) { return respond(*agent, request); },
      std::move(door));
  if (!port) return fail(std::move(port.error()));
  port_.emplace(std::move(*port));
  return {};
}

Result<void> Doors::open_metrics(const ProgramOptions& options) {
  if (metrics_ && options.metrics == metrics_endpoint_) return {};
  metrics_.reset();
  metrics_endpoint_ = options.metrics;
  if (options.metrics.empty()) return {};
  auto listening = HttpServer::listen_tcp(
      options.metrics, [agent = agent_, own_name = name_of_host()](const ApiRequest& request) {
        return respond_to_scrape(*agent, request, own_name);
      });
  if (!listening) return fail(std::move(listening.error()));
  metrics_.emplace(std::move(*listening));
  return {};
}

Result<void> Doors::reopen(const ProgramOptions& options) {
  const auto ready = PreparedDoors::of(options);
  if (!ready) return fail(ready.error());
  if (auto opened = open_metrics(options); !opened) return opened;
  return open_port(options, *ready);
}

void Doors::close() {
  if (metrics_) metrics_->stop();
  if (port_) port_->stop();
  socket_.stop();
}

}  // namespace mpm
