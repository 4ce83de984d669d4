// SPDX-License-Identifier: Apache-2.0
//
// The numbers that httpd's MPMs run by, in one place: what maintenance looks at.
#pragma once

#include <cstdint>

#include "schema/model/scoreboard.h"
#include "schema/model/settings.h"

namespace mpm::apache {

// The numbers of the directives, after httpd's own corrections. Those that an MPM does not know
// keep what makes the others' sense: prefork has a thread a child, winnt has one child.
struct Pool {
  Mpm mpm = Mpm::Event;
  std::int32_t server_limit = 16;
  std::int32_t thread_limit = 64;
  std::int32_t threads_per_child = 25;
  std::int32_t max_request_workers = 400;  // as httpd keeps it, which may be above what runs
  std::int32_t max_children = 16;          // at most as many processes of one generation
  std::int32_t start_servers = 3;
  std::int32_t min_spare = 75;                 // children under prefork, else threads
  std::int32_t max_spare = 250;                // likewise
  std::int32_t max_connections_per_child = 0;  // 0: without end
  std::int32_t async_factor = 2;               // whole, as httpd uses it
};

// Of settings as they are in force.
Pool pool_of(Mpm mpm, const MpmSettings& settings);

}  // namespace mpm::apache
