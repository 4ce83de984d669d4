// SPDX-License-Identifier: Apache-2.0
//
// A request becomes a response, without a socket: the table of schema/codec/routes.h bound
// to the use cases of Agent. Every error is an application/problem+json.
#pragma once

#include <map>
#include <string>

#include "agent/service/agent.h"

namespace mpm {

struct ApiRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> query;  // decoded
  std::string body;
};

struct ApiResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

// Safe from any thread, as Agent is.
ApiResponse respond(Agent& agent, const ApiRequest& request);

}  // namespace mpm
