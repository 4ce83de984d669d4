// SPDX-License-Identifier: Apache-2.0
//
// The API on a Unix socket, and its metrics on a TCP port. cpp-httplib blocks one pooled thread a
// connection, so nothing here streams or waits: clients ask again with a cursor.
//
// Threads: listen() returns once the socket accepts; requests are served on a small pool
// until stop(), which may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/service/routes.h"
#include "schema/model/result.h"

namespace mpm {

class HttpServer {
 public:
  using Responder = std::function<ApiResponse(const ApiRequest&)>;

  // Listens on a Unix socket at `path`, mode 0660, replacing a socket that nobody serves.
  // Conflict when an agent answers there; Denied or NotFound when the path cannot be made.
  static Result<HttpServer> listen(const std::string& path, Responder responder);
  // Listens on "127.0.0.1:9117" or "[::1]:9117". Usage: it is no such text. Conflict or Denied:
  // the port is taken, or may not be.
  static Result<HttpServer> listen_tcp(const std::string& endpoint, Responder responder);

  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) = delete;
  ~HttpServer();

  void stop();

 private:
  struct State;
  static void start(State& state);
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace mpm
