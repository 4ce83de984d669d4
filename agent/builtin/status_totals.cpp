// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/status_totals.h"

#include <algorithm>
#include <cstddef>

namespace mpm::builtin {
namespace {

tms ticks_of(const tms& times) {
  tms seen{};
  seen.tms_utime = get(times.tms_utime);
  seen.tms_stime = get(times.tms_stime);
  seen.tms_cutime = get(times.tms_cutime);
  seen.tms_cstime = get(times.tms_cstime);
  return seen;
}

void add_ticks(tms& sum, const tms& more) {
  sum.tms_utime += more.tms_utime;
  sum.tms_stime += more.tms_stime;
  sum.tms_cutime += more.tms_cutime;
  sum.tms_cstime += more.tms_cstime;
}

// times() is of the whole process, and each thread notes it when its request ends: the slots of
// a child hold the same clock at several instants, of which the latest counts.
void keep_latest(tms& latest, const tms& seen) {
  if (seen.tms_utime > latest.tms_utime || seen.tms_stime > latest.tms_stime ||
      seen.tms_cutime > latest.tms_cutime || seen.tms_cstime > latest.tms_cstime)
    latest = seen;
}

void count_thread(WorkerState state, ThreadCounts& threads) {
  switch (state) {
    case WorkerState::Dead:
    case WorkerState::Starting:
    case WorkerState::IdleKill:
      break;
    case WorkerState::Ready:
      ++threads.idle;
      break;
    case WorkerState::Graceful:
      ++threads.graceful;
      break;
    default:
      ++threads.busy;
      break;
  }
}

void add(ThreadCounts& sum, const ThreadCounts& more) {
  sum.busy += more.busy;
  sum.graceful += more.graceful;
  sum.idle += more.idle;
}

struct Sums {
  std::int64_t bytes = 0;
  std::int64_t duration_us = 0;
};

void add_threads(const SharedScoreboard& board, const Pool& pool, std::int32_t slot, Sums& sums,
                 StatusTotals& totals) {
  const ProcessSlot& process = board.process(slot);
  const bool counts = get(process.pid) != 0 && get(process.quiescing) == 0;
  ThreadCounts& threads = totals.children[static_cast<std::size_t>(slot)];
  tms latest{};
  for (std::int32_t thread = 0; thread < board.thread_limit(); ++thread) {
    const WorkerSlot& worker = board.worker(slot, thread);
    const WorkerState state = state_of(worker);
    if (has_letter(pool, slot, thread, state)) totals.letters += state_letter(state);
    if (counts) count_thread(state, threads);
    if (!ever_worked(worker)) continue;
    totals.accesses += get(worker.access_count);
    sums.bytes += get(worker.bytes_served);
    sums.duration_us += get(worker.duration);
    keep_latest(latest, ticks_of(worker.times));
  }
  add_ticks(totals.cpu, latest);
  ThreadCounts current = threads;
  if (get(process.generation) != totals.generation) current.idle = 0;
  add(totals.threads, current);
}

void add_process(const ProcessSlot& process, StatusTotals& totals) {
  if (get(process.pid) == 0) return;
  ++totals.processes;
  if (get(process.quiescing) != 0) ++totals.stopping;
  totals.connections += get(process.connections);
  totals.wait_io += get(process.wait_io);
  totals.write_completion += get(process.write_completion);
  totals.keep_alive += get(process.keep_alive);
  totals.lingering_close += get(process.lingering_close);
}

}  // namespace

StatusTotals status_totals(const SharedScoreboard& board, const Settings& settings,
                           std::int64_t now_us) {
  constexpr std::int64_t kMicroseconds = 1'000'000;
  StatusTotals totals;
  totals.restart_us = get(board.global().restart_time);
  totals.uptime_seconds = std::max<std::int64_t>(0, now_us - totals.restart_us) / kMicroseconds;
  totals.generation = get(board.global().running_generation);
  totals.cpu = ticks_of(board.global().times);
  totals.children.resize(static_cast<std::size_t>(board.server_limit()));
  Sums sums;
  for (std::int32_t slot = 0; slot < board.server_limit(); ++slot) {
    add_threads(board, settings.pool, slot, sums, totals);
    add_process(board.process(slot), totals);
  }
  totals.kilobytes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, sums.bytes)) / 1024;
  totals.duration_ms = sums.duration_us / 1000;
  return totals;
}

bool ever_worked(const WorkerSlot& slot) {
  const WorkerState state = state_of(slot);
  return get(slot.access_count) != 0 || (state != WorkerState::Ready && state != WorkerState::Dead);
}

bool has_letter(const Pool& pool, std::int32_t slot, std::int32_t thread, WorkerState state) {
  return state != WorkerState::Dead ||
         (slot < pool.max_children && thread < pool.threads_per_child);
}

double seconds_of(clock_t ticks, double ticks_per_second) {
  return ratio(static_cast<double>(ticks), ticks_per_second);
}

double ratio(double dividend, double divisor) {
  return static_cast<double>(static_cast<float>(dividend) / static_cast<float>(divisor));
}

double cpu_load(const StatusTotals& totals, double ticks_per_second) {
  return ratio(seconds_of(all_ticks(totals.cpu), ticks_per_second),
               static_cast<double>(totals.uptime_seconds)) *
         100;
}

clock_t all_ticks(const tms& cpu) {
  return cpu.tms_utime + cpu.tms_stime + cpu.tms_cutime + cpu.tms_cstime;
}

std::string_view shown_name(Mpm mpm) {
  switch (mpm) {
    case Mpm::Prefork:
      return "prefork";
    case Mpm::Worker:
      return "worker";
    case Mpm::Event:
      return "event";
    case Mpm::Winnt:
      return "WinNT";
  }
  return {};
}

}  // namespace mpm::builtin
