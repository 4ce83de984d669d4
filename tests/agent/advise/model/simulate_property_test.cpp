// SPDX-License-Identifier: Apache-2.0
//
// What holds for every server under every load: no request is lost sight of, no limit is passed,
// the same seed gives the same answer, and more workers never let anybody wait longer.
#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "agent/advise/model/simulate.h"
#include "tests/agent/advise/model/pools.h"

namespace mpm::model {
namespace {

using rc::gen::inRange;

apache::Pool any_pool() {
  const Mpm mpm = *rc::gen::element(Mpm::Prefork, Mpm::Worker, Mpm::Event);
  apache::Pool pool;
  pool.mpm = mpm;
  pool.threads_per_child = mpm == Mpm::Prefork ? 1 : *inRange(1, 12);
  pool.max_children = *inRange(1, 24);
  pool.server_limit = pool.max_children + (mpm == Mpm::Event ? *inRange(0, 24) : 0);
  pool.max_request_workers = pool.max_children * pool.threads_per_child;
  pool.start_servers = *inRange(1, pool.max_children + 1);
  pool.min_spare = *inRange(1, 20);
  pool.max_spare = pool.min_spare + pool.threads_per_child + 1 + *inRange(0, 20);
  pool.max_connections_per_child = *rc::gen::element(0, 0, 1, 7, 50);
  pool.async_factor = *inRange(1, 4);
  return pool;
}

Served any_server() {
  Served served{.pool = any_pool()};
  served.listen_backlog = *inRange(0, 200);
  served.keep_alive = *rc::gen::element(true, false);
  served.keep_alive_timeout = std::chrono::milliseconds(*inRange(0, 6000));
  served.max_keep_alive_requests = *inRange(0, 5);
  served.costs.startup = std::chrono::milliseconds(*inRange(0, 1500));
  served.costs.fresh_bytes = 1;
  served.costs.grown_bytes = 2;
  if (*rc::gen::element(true, false))
    served.machine = {.cores = *inRange(1, 16) / 2.0,
                      .switching = *rc::gen::element(0.0, 0.01),
                      .backend_servers = *inRange(0, 20),
                      .backend_contention = *rc::gen::element(0.0, 0.05),
                      .memory_budget = static_cast<double>(*inRange(0, 40))};
  return served;
}

LoadShape any_load() {
  LoadShape load;
  load.clients = *rc::gen::container<std::vector<double>>(
      rc::gen::map(inRange(0, 300), [](int a_second) { return static_cast<double>(a_second); }));
  load.arriving = *rc::gen::element(Arriving::Poisson, Arriving::Counted);
  load.service = ServiceTime(*inRange(1, 2000) / 1000.0, *rc::gen::element(0.0, 0.5, 1.0, 8.0));
  load.processor = ServiceTime(*inRange(0, 100) / 1000.0, *rc::gen::element(0.0, 1.0));
  load.requests_a_client = *rc::gen::element(1.0, 1.0, 3.0, 10.0);
  load.think_seconds = *inRange(0, 5000) / 1000.0;
  load.kept_seconds = *rc::gen::element(0.0, 0.0, 1.0, 10.0);
  load.patience = std::chrono::milliseconds(*inRange(100, 10'000));
  return load;
}

SimulationOptions any_options() {
  SimulationOptions options{.seed = static_cast<std::uint64_t>(*inRange(0, 1 << 30))};
  options.first_look = std::chrono::milliseconds(*inRange(0, 1001));
  if (*rc::gen::element(true, false))
    options.graceful = std::chrono::milliseconds(*inRange(0, 60'000));
  return options;
}

RC_GTEST_PROP(SimulatorLaws, EveryRequestIsAnsweredOrFailsOrIsOpen, ()) {
  const Simulated seen = simulate(any_server(), any_load(), any_options());
  RC_ASSERT(seen.open >= 0);
  RC_ASSERT(seen.requests == seen.answered + seen.failed + seen.open);
  RC_ASSERT(seen.response.count() == seen.answered + seen.failed);
}

RC_GTEST_PROP(SimulatorLaws, NoLimitIsPassed, ()) {
  const Served served = any_server();
  SimulationOptions options = any_options();
  const LoadShape load = any_load();
  const apache::Pool& pool = served.pool;
  for (const SecondSeen& second : simulate(served, load, options).seconds) {
    RC_ASSERT(second.queue <= served.listen_backlog + 1);
    RC_ASSERT(second.children.busy >= 0);
    RC_ASSERT(second.children.idle >= 0);
    RC_ASSERT(second.children.bytes <= 2.0 * second.children.processes);
    // Threads that wait for their end are beyond the limit: worker gives their slots away, and
    // event has ServerLimit slots.
    if (pool.mpm != Mpm::Worker) RC_ASSERT(second.children.processes <= pool.server_limit);
    if (pool.mpm == Mpm::Prefork)
      RC_ASSERT(second.children.busy + second.children.idle <= pool.max_request_workers);
    RC_ASSERT(second.children.idle <= pool.max_request_workers);
    if (pool.mpm == Mpm::Worker)
      RC_ASSERT(second.children.busy + second.children.idle <= pool.max_request_workers);
    RC_ASSERT(second.children.busy + second.children.idle <=
              pool.server_limit * pool.threads_per_child);
  }
}

RC_GTEST_PROP(SimulatorLaws, TheSameSeedGivesTheSameAnswer, ()) {
  const Served served = any_server();
  const LoadShape load = any_load();
  const SimulationOptions options = any_options();
  const Simulated one = simulate(served, load, options), other = simulate(served, load, options);
  RC_ASSERT(processes(one) == processes(other));
  RC_ASSERT(one.answered == other.answered);
  RC_ASSERT(one.refused == other.refused);
  RC_ASSERT(one.waiting.mean_seconds() == other.waiting.mean_seconds());
}

// The same clients, and as many workers from beginning to end.
RC_GTEST_PROP(SimulatorLaws, MoreWorkersLetNobodyWaitLonger, ()) {
  LoadShape load = any_load();
  load.requests_a_client = 1;
  load.kept_seconds = 0;
  load.patience = std::chrono::hours(1);
  Served served{.pool = fixed_pool(*inRange(1, 40)), .listen_backlog = 100'000};
  const Simulated few = simulate(served, load);
  served.pool = fixed_pool(served.pool.max_children + *inRange(1, 10));
  const Simulated many = simulate(served, load);
  RC_ASSERT(many.requests == few.requests);
  RC_ASSERT(many.answered >= few.answered);
  for (const double share : {0.1, 0.5, 0.9, 0.99})
    if (many.waiting.count() == few.waiting.count())
      RC_ASSERT(many.waiting.quantile_seconds(share) <= few.waiting.quantile_seconds(share));
}

RC_GTEST_PROP(SimulatorLaws, AQuietServerComesToRestBetweenItsSpares, ()) {
  Served served{.pool = any_pool()};
  apache::Pool& pool = served.pool;
  pool.max_connections_per_child = 0;
  RC_PRE(pool.min_spare <= pool.max_request_workers);
  const Simulated seen = simulate(served, steady(0, 120, ServiceTime(0.1, 1)));
  const std::int32_t idle = seen.seconds.back().children.idle;
  RC_ASSERT(idle >= pool.min_spare);
  RC_ASSERT(idle <= pool.max_spare);
}

}  // namespace
}  // namespace mpm::model
