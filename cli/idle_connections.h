// SPDX-License-Identifier: Apache-2.0
//
// Connections to 127.0.0.1 that have been answered once and stay open, as browsers leave them:
// what they cost a server is the great difference between the MPMs. They are closed with the
// object.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/socket.h"

namespace mpm {

struct CrowdOptions {
  std::uint16_t port = 0;
  std::int64_t count = 1000;
  // Nobody else is answered any more when this long nobody was. prefork doubles the processes
  // it starts every second, so it is never quiet for longer while it grows.
  std::chrono::milliseconds quiet{3000};
  std::chrono::milliseconds patience{30'000};  // for all of them together
};

class IdleCrowd {
 public:
  // Opens them all, and returns when all are answered or no more will be. Those that were not
  // answered stay open too: they wait.
  explicit IdleCrowd(const CrowdOptions& options);

  // Those that were answered with 200.
  std::int64_t answered() const;
  // Those of them that the server has not closed since.
  std::int64_t held();

 private:
  struct Connection {
    Descriptor socket;
    bool sent = false;
    bool answered = false;
  };
  bool open(std::uint16_t port);
  // Whether it was answered just now.
  static bool advance(Connection& connection);

  Descriptor epoll_;
  std::vector<Connection> connections_;
};

// Lets this process and its children have that many files open, as far as the system permits;
// the number that it does.
std::int64_t allow_open_files(std::int64_t wanted);

}  // namespace mpm
