// SPDX-License-Identifier: Apache-2.0
//
// A day of 100 requests a second through the simulator, under each MPM, with connections that are
// closed and with ones that are kept. The bar is two seconds of one processor for each.
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

bool measure(const char* name, Mpm mpm, double requests_a_client) {
  LoadShape load;
  load.clients.assign(kDay, kRequestsASecond / requests_a_client);
  load.requests_a_client = requests_a_client;
  load.service = ServiceTime(0.1, 1);
  const Served served{.pool = default_pool(mpm)};
  const double before = processor_seconds();
  const Simulated seen = simulate(served, load);
  const double took = processor_seconds() - before;
  std::printf("%-8s %2.0f requests a connection: %9lld requests in %.2f s, %.0f ns each\n", name,
              requests_a_client, static_cast<long long>(seen.requests), took,
              took * 1e9 / static_cast<double>(seen.requests));
  return took <= kBarSeconds;
}

}  // namespace
}  // namespace mpm::model

int main() {
  using mpm::Mpm;
  bool held = true;
  for (const double requests : {1.0, 5.0}) {
    held &= mpm::model::measure("prefork", Mpm::Prefork, requests);
    held &= mpm::model::measure("worker", Mpm::Worker, requests);
    held &= mpm::model::measure("event", Mpm::Event, requests);
  }
  return held ? EXIT_SUCCESS : EXIT_FAILURE;
}
