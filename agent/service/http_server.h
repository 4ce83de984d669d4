// SPDX-License-Identifier: Apache-2.0
//
// The API on a Unix socket or a port. Each connection has a thread while it is served (crowd.h),
// within limits of time and bytes (connection.h), so nothing here streams or waits: clients ask
// again with a cursor. cpp-httplib reads the requests and writes the answers.
//
// Threads: listen() returns once the socket accepts; requests are served until stop(), which may
// be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>

#include "agent/base/fd.h"
#include "agent/service/connection.h"
#include "agent/service/routes.h"
#include "schema/model/result.h"

namespace mpm {

// Who may come in, and how long it may take.
struct Door {
  // Judges the head of a request: what is answered without its body's being read, or nothing.
  std::function<std::optional<ApiResponse>(const ApiRequest&)> refuse{};
  std::optional<gid_t> group{};             // of the Unix socket
  std::shared_ptr<const TlsContext> tls{};  // of the port; null: in the clear
  ConnectionLimits limits{};
};

class HttpServer {
 public:
  using Responder = std::function<ApiResponse(const ApiRequest&)>;

  // On a Unix socket, and on an address and port; see listening.h.
  static Result<HttpServer> listen(const std::string& path, Responder responder, Door door = {});
  static Result<HttpServer> listen_tcp(const std::string& endpoint, Responder responder,
                                       Door door = {});
  // On a socket that listens already; nothing of it is removed in the end.
  static HttpServer on(UniqueFd listener, Responder responder, Door door = {});

  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;
  ~HttpServer();

  void stop();
  // Takes nobody in any more, and returns when all that are in have gone or kept silent for too
  // long. Who comes meanwhile waits in the listening socket, for whoever serves that next.
  void drain();

 private:
  struct State;
  void accept_no_more();
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mpm
