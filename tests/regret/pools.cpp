// SPDX-License-Identifier: Apache-2.0
#include "tests/regret/pools.h"

#include <algorithm>

namespace mpm::regret {

void set_workers(Mpm mpm, std::int64_t workers, Directives& directives) {
  if (mpm == Mpm::Prefork) {
    directives["MaxRequestWorkers"] = directives["ServerLimit"] =
        std::max<std::int64_t>(1, workers);
    return;
  }
  const std::int64_t threads = std::clamp<std::int64_t>(workers, 1, kThreads);
  const std::int64_t processes = std::max<std::int64_t>(1, workers / threads);
  directives["ThreadsPerChild"] = threads;
  directives["MaxRequestWorkers"] = processes * threads;
  directives["ServerLimit"] = mpm == Mpm::Event ? 2 * processes : processes;
}

void keep_all(Mpm mpm, std::int64_t workers, Directives& directives) {
  const bool prefork = mpm == Mpm::Prefork;
  directives[prefork ? "MinSpareServers" : "MinSpareThreads"] = workers;
  directives[prefork ? "MaxSpareServers" : "MaxSpareThreads"] = 2 * workers + kThreads;
  directives["StartServers"] =
      prefork ? workers : std::max<std::int64_t>(1, workers / std::min(workers, kThreads));
}

std::int64_t workers_of(Mpm mpm, const Directives& directives) {
  return settings_of(mpm, directives).worker_limit;
}

}  // namespace mpm::regret
