// SPDX-License-Identifier: Apache-2.0
//
// What both forms of the status page say: the scoreboard summed as mod_status sums it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/times.h>

#include "agent/builtin/settings.h"
#include "agent/builtin/shared_scoreboard.h"

namespace mpm::builtin {

// Threads of one child, as event's table shows them.
struct ThreadCounts {
  std::int32_t busy = 0;
  std::int32_t graceful = 0;
  std::int32_t idle = 0;
};

struct StatusTotals {
  std::int64_t uptime_seconds = 0;
  std::int64_t restart_us = 0;
  std::int32_t generation = 0;
  std::uint64_t accesses = 0;
  std::uint64_t kilobytes = 0;
  std::int64_t duration_ms = 0;
  tms cpu{};  // ticks, of the children that are and that were
  // Without children that are going. Idle ones of an old generation are not counted either.
  ThreadCounts threads;
  std::string letters;  // of the slots that are shown
  // Of event's table.
  std::vector<ThreadCounts> children;  // by process slot; of an old generation too
  std::int32_t processes = 0;
  std::int32_t stopping = 0;
  std::uint32_t connections = 0;
  std::uint32_t wait_io = 0;
  std::uint32_t write_completion = 0;
  std::uint32_t keep_alive = 0;
  std::uint32_t lingering_close = 0;
};

StatusTotals status_totals(const SharedScoreboard& board, const Settings& settings,
                           std::int64_t now_us);

// mod_status has no row for a slot that never served and does not now.
bool ever_worked(const WorkerSlot& slot);

// Dead slots above MaxRequestWorkers or ThreadsPerChild have no letter; a live one has.
bool has_letter(const Pool& pool, std::int32_t slot, std::int32_t thread, WorkerState state);

// CPU ticks are divided in single precision, whose last digits the page shows.
double seconds_of(clock_t ticks, double ticks_per_second);
// Per second and per request likewise.
double ratio(double dividend, double divisor);
// Of the time since the restart, in per cent. `uptime_seconds` is not 0.
double cpu_load(const StatusTotals& totals, double ticks_per_second);
clock_t all_ticks(const tms& cpu);

// ap_show_mpm(): "prefork", "worker", "event", "WinNT".
std::string_view shown_name(Mpm mpm);

}  // namespace mpm::builtin
