// SPDX-License-Identifier: Apache-2.0
//
// An observation in which all is well, for tests to change what they are about.
#pragma once

#include <cstdint>

#include "schema/model/observation.h"

namespace mpm {

inline constexpr std::int64_t kMb = 1 << 20;

inline Distribution flat(double value) {
  return {60, value, 0, value, value, value, value};
}

// Debian's event: 150 workers in processes of 25, half a minute, warm children, much memory.
inline Observation event() {
  Observation seen;
  seen.pid = 1;
  seen.mpm = Mpm::Event;
  seen.span_seconds = 30;
  seen.samples = 60;
  seen.worker_limit = 150;
  seen.settings = {{"StartServers", 2, 2, true},
                   {"MinSpareThreads", 25, 25, true},
                   {"MaxSpareThreads", 75, 75, true},
                   {"ThreadLimit", 64, 64, true},
                   {"ThreadsPerChild", 25, 25, true},
                   {"ServerLimit", 16, 16, false},
                   {"MaxRequestWorkers", 150, 150, true},
                   {"MaxConnectionsPerChild", 0, 0, true},
                   {"AsyncRequestWorkerFactor", 2, 2, false},
                   {"ListenBacklog", 511, 511, false},
                   {"KeepAliveTimeout", 5, 5, true}};
  seen.load.busy = flat(20);
  seen.load.idle = flat(55);
  seen.load.completed_per_second = seen.load.arrived_per_second = 200;
  seen.load.service_seconds = 0.1;
  seen.load.cpu_busy_share = 0.2;
  seen.host.cores = 4;
  seen.host.memory_total = Bytes{8192 * kMb};
  seen.host.memory_available = Bytes{6000 * kMb};
  seen.host.somaxconn = 4096;
  seen.memory.emplace();
  seen.memory->children = 3;
  seen.memory->requests_per_child = 500;
  seen.memory->shared_once = Bytes{10 * kMb};
  seen.memory->child_typical = Bytes{15 * kMb};
  seen.memory->child_large = Bytes{18 * kMb};
  seen.memory->child_peak = Bytes{25 * kMb};
  seen.memory->server_pss = Bytes{60 * kMb};
  return seen;
}

}  // namespace mpm
