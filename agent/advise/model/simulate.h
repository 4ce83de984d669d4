// SPDX-License-Identifier: Apache-2.0
//
// What httpd would do with these directives under that load: second by second its processes, and
// how long clients wait. Pure: the same input gives the same answer, by a seed.
//
// Event by event. A client comes, waits in the kernel's queue of ListenBacklog until a child
// accepts, holds a worker for its request, first on the processors and then for what is behind the
// server, and, where connections are kept, comes again; under prefork and worker it holds its
// worker meanwhile. Who finds the queue full tries again after 1, 2, 4 .. seconds, as a kernel
// does. Once a second the children's memory is held against its budget.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/advise/model/children.h"
#include "agent/advise/model/limiter.h"
#include "agent/advise/model/load.h"
#include "agent/advise/model/machine.h"
#include "agent/advise/model/times.h"
#include "agent/apache/maintenance.h"

namespace mpm::model {

struct Served {
  apache::Pool pool{};
  std::int32_t listen_backlog = 511;  // no more than the kernel's net.core.somaxconn
  bool keep_alive = true;
  Time keep_alive_timeout = std::chrono::seconds(5);
  std::int32_t max_keep_alive_requests = 100;  // 0: without end
  ChildCosts costs{};
  Machine machine{};
};

struct SimulationOptions {
  std::uint64_t seed = 1;
  // From the start to the parent's first look. A burst may come just before a look or just
  // after one; who wants to know what that makes runs several phases.
  Time first_look = std::chrono::seconds(1);
  Time counted_from{};  // waiting of requests before it is left out, to begin with a warm server
  std::optional<Time> graceful{};  // a graceful restart
  Time sweep_every{};          // whole seconds; then each child is looked at for itself. 0: never
  Limiter* limiter = nullptr;  // outlives the simulation; nullptr: none
};

struct SecondSeen {
  ChildrenCount children{};
  std::int32_t queue = 0;          // connections that nobody has accepted yet
  std::int32_t serving = 0;        // requests that workers have
  std::int32_t serving_first = 0;  // of them, those that their connection began with
  double age_seconds = 0;          // of these together, since their workers began
  // Since the start of the server:
  std::int64_t served = 0;   // requests, also those that nobody waited for any more
  std::int64_t refused = 0;  // tries to connect
  double processor_seconds = 0;
  std::vector<ChildSeen> sweep{};
};

struct Simulated {
  std::vector<SecondSeen> seconds{};  // as it is at the end of each
  // Requests that were counted; requests = answered + failed + open.
  std::int64_t requests = 0;
  std::int64_t answered = 0;
  std::int64_t failed = 0;   // longer than a client's patience
  std::int64_t open = 0;     // when the simulation ended
  std::int64_t refused = 0;  // tries to connect that found the queue full
  Times waiting{};           // until a worker began; patience, where it never did
  // Until the answer; patience, where that was over. With a patience of ten seconds its mean is
  // what servers are compared by: the mean time of an answer, where a failure counts as ten
  // seconds.
  Times response{};
  std::int64_t children_started = 0;
  std::int32_t most_processes = 0;
  double most_bytes = 0;
  std::int64_t seconds_over_budget = 0;  // of those that were counted
};

Simulated simulate(const Served& served, const LoadShape& load,
                   const SimulationOptions& options = {});

}  // namespace mpm::model
