// SPDX-License-Identifier: Apache-2.0
//
// What a graceful restart would do to a server as it is busy now, said before it is done. httpd
// starts again with StartServers processes, however many there were, adds one a second for ten
// seconds and doubles only then; and processes of the old generation keep their places in the
// scoreboard until their last request ends, so that the new ones may find none:
//
//   event, 16 of 16 processes in use, StartServers 2:  nobody accepts for 2 s, then 1, 2, 3, 4 ...
//
// Pure. The rules are those of prefork.c, worker.c and event.c (perform_idle_server_maintenance,
// hold_off_on_exponential_spawning).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/scoreboard.h"
#include "schema/model/units.h"

namespace mpm {

// As they will be in force after the load, cut to the running limits.
struct PoolSettings {
  Mpm mpm = Mpm::Event;
  Processes server_limit;              // the running parent's
  std::int64_t threads_per_child = 1;  // 1 under prefork
  Workers worker_limit;                // MaxRequestWorkers
  Processes start_servers;
  Workers spare;  // MinSpareThreads, or MinSpareServers under prefork
};

struct RiskQuestion {
  Scoreboard board;  // now
  Instant now{};
  PoolSettings after;
  // Busy workers in each hour of the day, as the history has them on average.
  std::array<std::optional<double>, 24> busy_by_hour{};
};

// A request that will hold its process beyond the reload.
struct LongRequest {
  std::int32_t pid = 0;
  double seconds = 0;  // since it began
};

struct ReloadRisk {
  // No place is free for a process of the new generation until a request that runs now ends.
  bool blocked = false;
  double outage_seconds = 0;               // nobody accepts; when blocked: at least this long
  Workers busy;                            // now
  Workers at_first;                        // workers right after the outage
  double recovery_seconds = 0;             // until as many accept as are wanted now
  Processes wanted;                        // for today's busy workers and the spare ones
  Processes room;                          // places that old processes do not hold
  std::vector<LongRequest> long_requests;  // the longest first
  // StartServers for this load, which the load itself puts in force: then the pool comes back
  // whole, if there is room. Absent when the written one is enough.
  std::optional<Processes> start_servers;
  // event has no room for that many: a ServerLimit that has it; it needs a stop and start.
  std::optional<Processes> server_limit;
  std::optional<int> calmest_hour;  // much calmer than now, 0 to 23
  std::vector<std::string> sentences;

  bool harmless() const { return !blocked && outage_seconds <= 1 && recovery_seconds <= 2; }
};

// Requests count as long from this on.
inline constexpr double kLongSeconds = 5;

ReloadRisk reload_risk(const RiskQuestion& question);

}  // namespace mpm
