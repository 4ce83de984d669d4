// SPDX-License-Identifier: Apache-2.0
//
// What both forms of the status page say: sums over the scoreboard, and numbers and times in the
// spelling that mod_status has them in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/builtin/status_page.h"

namespace mpm::builtin {

// Of one process, for event's table.
struct ProcessTotals {
  std::int32_t slot = 0;
  std::int32_t pid = 0;
  bool stopping = false;
  bool old_generation = false;
  bool accepting = true;
  std::int32_t busy = 0, graceful = 0, idle = 0;
  std::uint32_t connections = 0, wait_io = 0, writing = 0, keep_alive = 0, closing = 0;
};

struct StatusTotals {
  std::uint64_t accesses = 0;
  std::uint64_t kilobytes = 0;
  std::int64_t duration_ms = 0;
  std::int32_t busy = 0, graceful = 0, idle = 0;
  double user = 0, system = 0, children_user = 0, children_system = 0;  // seconds of CPU
  std::int64_t uptime = 0;                                              // seconds
  std::string letters;                   // one a slot, as mod_status prints them
  std::vector<ProcessTotals> processes;  // those that live
};

// BusyWorkers and IdleWorkers by mod_status's rules: of a process that stops nothing is idle, and
// ready threads count when their process is of the running generation.
StatusTotals status_totals(const SharedScoreboard& board, const Settings& settings,
                           const StatusFacts& facts);

// "Prefork", "Worker", "event", "WinNT": what ServerMPM says.
std::string_view mpm_name(Mpm mpm);
// As APR prints %g: no zero before the point and none in front of an exponent: ".5", "7.8e-6".
std::string number(double value);
// "Monday, 23-Nov-2026 13:16:39 UTC", in local time.
std::string status_time(std::int64_t at_us);
// "2 days 4 hours 1 second"
std::string status_uptime(std::int64_t seconds);

}  // namespace mpm::builtin
