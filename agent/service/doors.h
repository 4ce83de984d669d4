// SPDX-License-Identifier: Apache-2.0
//
// Where the agent can be asked: the API on its Unix socket and, when asked for, on a port for those
// who have a token; and the metrics on a port of their own. What the ports are is taken up anew at
// a reload; the Unix socket stays.
//
// Threads: one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "agent/service/agent.h"
#include "agent/service/http_server.h"
#include "agent/service/options.h"
#include "agent/service/tokens.h"
#include "schema/model/result.h"

namespace mpm {

// Options that make no sense together, or are no addresses; a sentence each.
std::vector<std::string> contradictions(const ProgramOptions& options);

// NotFound: there is none of that name; the sentence says how to make it.
Result<gid_t> group_called(const std::string& name);

// All that the doors need besides free ports, read and found in order.
struct PreparedDoors {
  std::optional<gid_t> group;
  std::shared_ptr<const Tokens> tokens;   // null: there is no port
  std::shared_ptr<const TlsContext> tls;  // null: it is in the clear

  static Result<PreparedDoors> of(const ProgramOptions& options);
};

class Doors {
 public:
  // The agent must outlive them.
  static Result<Doors> open(Agent& agent, const ProgramOptions& options);

  // As `options` has the ports; tokens and certificates are read again. After an error in a file
  // they are as before; a port that cannot be had is closed.
  Result<void> reopen(const ProgramOptions& options);
  void close();

 private:
  Doors(Agent& agent, HttpServer socket) : agent_(&agent), socket_(std::move(socket)) {}
  Result<void> open_port(const ProgramOptions& options, const PreparedDoors& ready);
  Result<void> open_metrics(const ProgramOptions& options);

  Agent* agent_;
  HttpServer socket_;
  std::optional<HttpServer> port_;
  std::string metrics_endpoint_;
  std::optional<HttpServer> metrics_;
};

}  // namespace mpm
