// SPDX-License-Identifier: Apache-2.0
//
// A request becomes a response, without a socket: the table of schema/codec/routes.h bound
// to the use cases of Agent. Every error is an application/problem+json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/service/agent.h"
#include "agent/service/connection.h"

namespace mpm {

// The most that a request's body may have.
inline constexpr std::size_t kMostBodyBytes = std::size_t{1} << 20;

struct ApiRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> query;  // decoded
  std::string body;
  std::string host{};           // the Host field; empty when there is none
  std::string origin{};         // likewise
  std::string authorization{};  // likewise
  bool is_packed = false;       // its body has another form than its Content-Length says
  std::uint64_t body_bytes = 0;
  std::optional<Peer> peer{};  // of a Unix socket
};

struct ApiResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
};

// The Problem of an error, with its status.
ApiResponse problem_response(const Error& error);

// Safe from any thread, as Agent is.
ApiResponse respond(Agent& agent, const ApiRequest& request);

// The same for a port that Prometheus asks: GET /metrics and GET /healthz, and nothing else. A
// request whose Host is neither an address, localhost nor `own_name`, this host's, is refused: a
// web page that has its own name point here could read the answer in its visitor's browser.
ApiResponse respond_to_scrape(Agent& agent, const ApiRequest& request, std::string_view own_name);

// Denied without a socket or an agent: "web1:9117" is this host's when own_name is
// "web1.example.org" or "web1".
bool is_own_host(std::string_view host, std::string_view own_name);

}  // namespace mpm
