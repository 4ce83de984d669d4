// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/tally.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace mpm {
namespace {

constexpr double kMicrosecond = 1e-6;

bool is_old(const ProcessScore& process, const Scoreboard& board) {
  if (board.source == SourceKind::ModStatus) return false;
  return process.quiescing || process.generation != board.generation || process.pid == 0;
}

bool runs_for_another(const WorkerScore& worker, const ProcessScore& process) {
  return worker.pid != 0 && worker.pid != process.pid && worker.state != WorkerState::Starting;
}

// worker leaves G behind where a thread has ended before its process knew that it ends
// (worker.c, the end of worker_thread). Under event and prefork it is a thread, or a process,
// that finishes its last request.
bool has_ended(const WorkerScore& worker, const Scoreboard& board) {
  return board.mpm == Mpm::Worker && worker.state == WorkerState::Graceful;
}

// The counter of a state that means busy; null for the others.
std::int64_t Tally::*busy_state(WorkerState state) {
  switch (state) {
    case WorkerState::Reading:
      return &Tally::reading;
    case WorkerState::Writing:
      return &Tally::writing;
    case WorkerState::Keepalive:
      return &Tally::keepalive;
    case WorkerState::Logging:
      return &Tally::logging;
    case WorkerState::Dns:
      return &Tally::dns;
    case WorkerState::Closing:
      return &Tally::closing;
    case WorkerState::Graceful:
      return &Tally::graceful;
    case WorkerState::Dead:
    case WorkerState::Starting:
    case WorkerState::Ready:
    case WorkerState::IdleKill:
      break;
  }
  return nullptr;
}

struct Owner {
  bool old = false;
  bool deaf = false;
};

void count_worker(const WorkerScore& worker, Owner owner, Tally& tally) {
  if (const auto counter = busy_state(worker.state)) {
    ++(tally.*counter);
    ++tally.busy;
    if (owner.old || worker.state == WorkerState::Graceful) ++tally.finishing;
    return;
  }
  if (worker.state == WorkerState::Starting) ++tally.starting;
  if (worker.state != WorkerState::Ready || owner.old) return;
  ++tally.idle;
  if (owner.deaf) ++tally.deaf;
}

// The slots of event's threads are told which request of its connection one is before it is served
// (ap_process_http_async_connection), the others' when it was (increment_counts).
bool is_first(const WorkerScore& worker, bool event) {
  return worker.connection_accesses <= (event ? 1U : 0U);
}

void add_age(const WorkerScore& worker, std::int64_t at_us, bool event, Work& work) {
  if (worker.state != WorkerState::Writing || worker.start_us <= worker.stop_us) return;
  const double age =
      static_cast<double>(std::max<std::int64_t>(at_us - worker.start_us, 0)) * kMicrosecond;
  ++work.running;
  if (is_first(worker, event)) ++work.running_first;
  work.age_sum_seconds += age;
  work.age_max_seconds = std::max(work.age_max_seconds, age);
}

// Since the last request ended; a clock that was set back makes it young.
void add_waiting(const WorkerScore& worker, std::int64_t at_us, Work& work) {
  if (worker.state != WorkerState::Keepalive || worker.stop_us == 0) return;
  const double age = static_cast<double>(at_us - worker.stop_us) * kMicrosecond;
  if (work.waiting_by_age.empty()) work.waiting_by_age.resize(kWaitingAges.size() + 1);
  const auto bound = std::ranges::upper_bound(kWaitingAges, age);
  ++work.waiting_by_age[static_cast<std::size_t>(bound - kWaitingAges.begin())];
}

void add_finished(const WorkerScore& before, const WorkerScore& now, Work& work) {
  if (now.accesses <= before.accesses) return;
  if (now.start_us == 0 || now.stop_us < now.start_us) return;
  const double duration = static_cast<double>(now.stop_us - now.start_us) * kMicrosecond;
  ++work.finished;
  work.duration_sum_seconds += duration;
  work.duration_square_sum += duration * duration;
}

// Processes that have lost their process_score and still run threads in its slots.
std::int64_t processes_behind(const ProcessScore& process) {
  std::vector<std::int32_t> pids;
  for (const WorkerScore& worker : process.workers) {
    if (worker.state == WorkerState::Dead || !runs_for_another(worker, process)) continue;
    if (std::ranges::find(pids, worker.pid) == pids.end()) pids.push_back(worker.pid);
  }
  return static_cast<std::int64_t>(pids.size());
}

}  // namespace

Tally count(const Scoreboard& board) {
  Tally tally;
  for (const ProcessScore& process : board.processes) {
    const bool old = is_old(process, board);
    if (process.pid != 0) {
      ++tally.processes;
      if (old) ++tally.processes_old;
      if (!old && process.not_accepting) ++tally.processes_deaf;
    }
    const std::int64_t gone = processes_behind(process);
    tally.processes += gone;
    tally.processes_old += gone;
    for (const WorkerScore& worker : process.workers) {
      if (has_ended(worker, board)) continue;
      const bool leaving = old || runs_for_another(worker, process);
      count_worker(worker, {.old = leaving, .deaf = process.not_accepting}, tally);
    }
  }
  return tally;
}

Work work(const Scoreboard& before, const Scoreboard& now, Instant at) {
  Work work;
  const std::int64_t at_us = std::chrono::microseconds(at.time_since_epoch()).count();
  const bool same_counters = before.restarted == now.restarted;
  auto earlier = before.processes.begin();
  for (const ProcessScore& process : now.processes) {
    for (const WorkerScore& worker : process.workers) {
      add_age(worker, at_us, now.mpm == Mpm::Event, work);
      add_waiting(worker, at_us, work);
    }

    // Both lists are in the order of the slots. A slot that was nobody's before has no
    // earlier counter to compare with, and is left out once.
    while (earlier != before.processes.end() && earlier->slot < process.slot)
      ++earlier;
    if (!same_counters || earlier == before.processes.end() || earlier->slot != process.slot)
      continue;
    const std::size_t threads = std::min(process.workers.size(), earlier->workers.size());
    for (std::size_t thread = 0; thread < threads; ++thread)
      add_finished(earlier->workers[thread], process.workers[thread], work);
  }
  return work;
}

ScoreboardView view(const Scoreboard& board, Instant at, std::int32_t pid) {
  ScoreboardView view;
  view.at = at;
  view.pid = pid;
  view.source = board.source;
  view.generation = board.generation;
  view.server_limit = board.server_limit;
  view.thread_limit = board.thread_limit;
  for (const ProcessScore& process : board.processes) {
    ProcessView shown;
    shown.slot = process.slot;
    shown.pid = process.pid;
    shown.generation = process.generation;
    shown.quiescing = process.quiescing;
    shown.not_accepting = process.not_accepting;
    for (const WorkerScore& worker : process.workers)
      shown.states += state_letter(worker.state);
    view.processes.push_back(std::move(shown));
  }
  return view;
}

}  // namespace mpm
