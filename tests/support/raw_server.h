// SPDX-License-Identifier: Apache-2.0
//
// A server on a free loopback port that says exactly the bytes it is told to, right or wrong.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "agent/base/fd.h"

namespace mpm::test {

// One client at a time, connection by connection, until destroyed. The script is run on the
// server's thread after the request's head was read (of a TLS greeting: its first byte), and the
// connection closes behind it.
class RawServer {
 public:
  using Script = std::function<void(int fd, const std::string& request)>;

  explicit RawServer(Script script);
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer();

  int port() const { return port_; }
  std::string url(std::string_view target = "/server-status") const;

 private:
  void serve();

  Script script_;
  int port_ = 0;  // before listener_, whose making sets it
  UniqueFd listener_;
  std::thread thread_;
};

// A server that sends `bytes` to everybody.
RawServer::Script says(std::string bytes);
// ... an answer of this status with a plain text body.
RawServer::Script answers(int status, std::string_view body);
// ... and one that says nothing until its client hangs up.
RawServer::Script silence();

// False when the client is gone.
bool send_all(int fd, std::string_view bytes);

// A port on which nobody listens (any more).
int closed_port();

}  // namespace mpm::test
