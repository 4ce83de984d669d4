// SPDX-License-Identifier: Apache-2.0
//
// Sockets on 127.0.0.1: a free port, a connection, a request that is held or sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/fd.h"

namespace mpm {

// Nobody had it a moment ago, and the kernel gives it to no connection.
std::uint16_t free_port();

// Not connected (an empty fd) when nobody listens.
UniqueFd connect_to(std::uint16_t port);

void send_text(const UniqueFd& socket, const std::string& text);

// What came until `deadline` or the end.
std::string receive(const UniqueFd& socket, std::chrono::milliseconds deadline);

// The status line's number of a GET over a connection of its own; 0 when none came in time.
int get_status(std::uint16_t port, const std::string& path, std::chrono::milliseconds deadline);

// Connections that each hold a worker: they have sent a request without the blank line at its
// end. They are let go with the object.
class HeldRequests {
 public:
  HeldRequests(std::uint16_t port, int count);
  void release() { sockets_.clear(); }

 private:
  std::vector<UniqueFd> sockets_;
};

// Connections that have been answered once and stay open. Those that are not answered within a
// second stay open too, and cost that second once.
class IdleConnections {
 public:
  IdleConnections(std::uint16_t port, int count);
  // Those that were answered.
  int answered() const { return answered_; }

 private:
  std::vector<UniqueFd> sockets_;
  int answered_ = 0;
};

}  // namespace mpm
