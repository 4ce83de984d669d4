// SPDX-License-Identifier: Apache-2.0
//
// The configuration of a server of our own, in httpd's words. It is the same under every MPM but
// for the directives that make the same number of workers of it. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "schema/model/scoreboard.h"

namespace mpm {

// What the server shall be, whatever its MPM.
struct ServerShape {
  Mpm mpm = Mpm::Event;
  std::int64_t workers = 16;           // requests that can be served at once
  std::int64_t threads_per_child = 8;  // of worker and event; divides `workers`
  std::int64_t started = 8;            // workers that are there from the start, at least
  std::int64_t idle_connections = 0;   // that event shall be able to hold
};

struct ServerPlace {
  std::string directory;  // for everything that it reads and writes
  std::uint16_t port = 0;
};

// What its requests can be: GET /work?sleep=100ms&cpu=5ms&alloc=8MB.
inline constexpr const char* kWorkPath = "/work";

std::string server_configuration(const ServerShape& shape, const ServerPlace& place);

}  // namespace mpm
