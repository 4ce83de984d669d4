// SPDX-License-Identifier: Apache-2.0
//
// A day of 100 requests a second through the simulator, under each MPM: with connections that are
// closed, with ones that are kept, and with requests that share processors, a backend and memory.
// The bar is two seconds of one processor for each.
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "agent/advise/model/simulate.h"

namespace mpm::model {
namespace {

constexpr double kBarSeconds = 2;
constexpr std::size_t kDay = 86'400;
constexpr double kRequestsASecond = 100;

double processor_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

apache::Pool default_pool(Mpm mpm) {
  if (mpm != Mpm::Prefork) return {.mpm = mpm};
  return {.mpm = mpm,
          .server_limit = 256,
          .thread_limit = 1,
          .threads_per_child = 1,
          .max_request_workers = 256,
          .max_children = 256,
          .start_servers = 5,
          .min_spare = 5,
          .max_spare = 10};
}

// Four processors that are busy for a fifth of the time, and a backend that is busy for half of it.
constexpr Machine kShared{.cores = 4, .backend_servers = 20, .memory_budget = 1e9};

struct Day {
  const char* name;
  double requests_a_client = 1;
  Machine machine{};
};

bool measure(const char* name, Mpm mpm, const Day& day) {
  LoadShape load;
  load.clients.assign(kDay, kRequestsASecond / day.requests_a_client);
  load.requests_a_client = day.requests_a_client;
  if (day.machine.cores > 0) load.processor = ServiceTime(0.008, 1);
  load.service = ServiceTime(0.1, 1);
  const Served served{.pool = default_pool(mpm), .machine = day.machine};
  const double before = processor_seconds();
  const Simulated seen = simulate(served, load);
  const double took = processor_seconds() - before;
  std::printf("%-8s %-26s %9lld requests in %.2f s, %.0f ns each\n", name, day.name,
              static_cast<long long>(seen.requests), took,
              took * 1e9 / static_cast<double>(seen.requests));
  return took <= kBarSeconds;
}

}  // namespace
}  // namespace mpm::model

int main() {
  using mpm::Mpm;
  bool held = true;
  for (const mpm::model::Day& day :
       {mpm::model::Day{"a request a connection"}, mpm::model::Day{"five, kept", 5},
        mpm::model::Day{"one, on a shared machine", 1, mpm::model::kShared},
        mpm::model::Day{"five, on a shared machine", 5, mpm::model::kShared}}) {
    held &= mpm::model::measure("prefork", Mpm::Prefork, day);
    held &= mpm::model::measure("worker", Mpm::Worker, day);
    held &= mpm::model::measure("event", Mpm::Event, day);
  }
  return held ? EXIT_SUCCESS : EXIT_FAILURE;
}
