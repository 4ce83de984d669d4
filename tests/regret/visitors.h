// SPDX-License-Identifier: Apache-2.0
//
// Clients of a real server that keep their connections: each asks some times and thinks in between.
// They come at random, whether or not those before them were answered.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace mpm::regret {

struct Visits {
  std::uint16_t port = 0;
  std::string path;
  double visitors_per_second = 1;
  int requests = 1;                   // of a visitor
  double think_seconds = 0;           // on average
  std::chrono::seconds span{10};      // in which visitors come
  std::chrono::seconds patience{10};  // then a request has failed, and its visitor leaves
};

struct Visited {
  std::int64_t answered = 0;
  std::int64_t failed = 0;
  double seconds = 0;  // of the answered together
};

// Until the last of them has left. Each is a thread.
Visited visit(const Visits& visits);

}  // namespace mpm::regret
