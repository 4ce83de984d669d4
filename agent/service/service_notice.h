// SPDX-License-Identifier: Apache-2.0
//
// What the agent tells systemd: that it is ready, reloads, ends, and is still alive (sd_notify(3)).
// It is one datagram to the socket that NOTIFY_SOCKET names, which needs no library; without that
// name nothing is told.
//
// Threads: any.
#pragma once

#include <string>
#include <utility>

namespace mpm {

class ServiceNotice {
 public:
  // By NOTIFY_SOCKET of the environment.
  ServiceNotice();
  explicit ServiceNotice(std::string socket) : socket_(std::move(socket)) {}

  void ready() const { tell("READY=1"); }
  void reloading() const;
  void ending() const { tell("STOPPING=1"); }
  void alive() const { tell("WATCHDOG=1"); }
  // Lines of NAME=VALUE. What cannot be told is nobody's trouble: systemd sees to it by itself.
  void tell(const std::string& lines) const;

 private:
  std::string socket_;  // empty: nobody listens; of a name that begins with @ no file
};

}  // namespace mpm
