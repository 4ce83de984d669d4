// SPDX-License-Identifier: Apache-2.0
//
// The servers and loads of the simulator's tests.
#pragma once

#include <vector>

#include "agent/advise/model/simulate.h"

namespace mpm::model {

inline apache::Pool prefork_pool(std::int32_t most = 256) {
  return {.mpm = Mpm::Prefork,
          .server_limit = most,
          .thread_limit = 1,
          .threads_per_child = 1,
          .max_request_workers = most,
          .max_children = most,
          .start_servers = 5,
          .min_spare = 5,
          .max_spare = 10};
}

inline apache::Pool threaded_pool(Mpm mpm, std::int32_t server_limit = 16) {
  return {.mpm = mpm, .server_limit = server_limit};
}

// As many workers from beginning to end.
inline apache::Pool fixed_pool(std::int32_t workers) {
  apache::Pool pool = prefork_pool(workers);
  pool.start_servers = pool.min_spare = workers;
  pool.max_spare = 2 * workers;
  return pool;
}

inline LoadShape steady(double clients_a_second, std::size_t seconds, ServiceTime service) {
  return {.clients = std::vector<double>(seconds, clients_a_second), .service = service};
}

inline std::vector<std::int32_t> processes(const Simulated& simulated) {
  std::vector<std::int32_t> result;
  for (const SecondSeen& second : simulated.seconds)
    result.push_back(second.children.processes);
  return result;
}

}  // namespace mpm::model
