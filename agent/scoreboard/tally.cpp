// SPDX-License-Identifier: Apache-2.0
#include "agent/scoreboard/tally.h"

#include <algorithm>
#include <map>

namespace mpm {
namespace {

constexpr double kMicroseconds = 1e-6;

// Adds one worker to the counts; `old` says that its process, or itself, is on its way out.
void add(Tally& tally, WorkerState state, bool old, bool deaf) {
  switch (state) {
    case WorkerState::Dead:
    case WorkerState::IdleKill:
      return;
    case WorkerState::Starting:
      if (!old) ++tally.starting;
      return;
    case WorkerState::Ready:
      if (old) return;
      ++tally.idle;
      if (deaf) ++tally.deaf;
      return;
    case WorkerState::Reading:
      ++tally.reading;
      break;
    case WorkerState::Writing:
      ++tally.writing;
      break;
    case WorkerState::Keepalive:
      ++tally.keepalive;
      break;
    case WorkerState::Logging:
      ++tally.logging;
      break;
    case WorkerState::Dns:
      ++tally.dns;
      break;
    case WorkerState::Closing:
      ++tally.closing;
      break;
    case WorkerState::Graceful:
      ++tally.graceful;
      break;
  }
  ++tally.busy;
  if (old || state == WorkerState::Graceful) ++tally.finishing;
}

void count_process(const Scoreboard& board, const ProcessScore& process, Tally& tally) {
  const bool old = is_old(board, process);
  ++tally.processes;
  if (old) ++tally.processes_old;
  if (!old && process.not_accepting) ++tally.processes_deaf;
  for (const WorkerScore& worker : process.workers) {
    // Under worker, threads of an ending process share the slot with its successor's.
    const bool other = worker.pid > 0 && process.pid > 0 && worker.pid != process.pid;
    add(tally, worker.state, old || other, process.not_accepting);
  }
}

Tally count_page(const Scoreboard& board) {
  Tally tally;
  for (const ProcessScore& process : board.processes)
    for (const WorkerScore& worker : process.workers)
      add(tally, worker.state, false, false);
  if (board.page->idle_workers) tally.idle = *board.page->idle_workers;
  if (board.processes.empty()) tally.busy = board.page->busy_workers.value_or(0);
  return tally;
}

// Between the start of its request and the end of it.
bool in_service(const WorkerScore& worker) {
  return worker.state == WorkerState::Writing && worker.start_us > 0 &&
         worker.start_us >= worker.stop_us;
}

void add_finished(const WorkerScore& before, const WorkerScore& now, Work& work) {
  if (now.accesses <= before.accesses || now.stop_us < now.start_us || now.start_us <= 0) return;
  if (now.stop_us == before.stop_us) return;
  const double seconds = static_cast<double>(now.stop_us - now.start_us) * kMicroseconds;
  ++work.finished;
  work.duration_sum_seconds += seconds;
  work.duration_square_sum += seconds * seconds;
}

}  // namespace

bool is_old(const Scoreboard& board, const ProcessScore& process) {
  return process.quiescing || process.generation != board.generation;
}

Tally count(const Scoreboard& board) {
  if (board.page) return count_page(board);
  Tally tally;
  for (const ProcessScore& process : board.processes)
    count_process(board, process, tally);
  return tally;
}

Work work(const Scoreboard& before, const Scoreboard& now, Instant at) {
  std::map<std::int32_t, const ProcessScore*> earlier;
  for (const ProcessScore& process : before.processes)
    earlier[process.slot] = &process;

  Work result;
  const std::int64_t at_us =
      std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
  for (const ProcessScore& process : now.processes) {
    const auto found = earlier.find(process.slot);
    const ProcessScore* then = found == earlier.end() ? nullptr : found->second;
    for (std::size_t i = 0; i < process.workers.size(); ++i) {
      const WorkerScore& worker = process.workers[i];
      if (in_service(worker)) {
        const double age =
            static_cast<double>(std::max<std::int64_t>(0, at_us - worker.start_us)) * kMicroseconds;
        ++result.running;
        result.age_sum_seconds += age;
        result.age_max_seconds = std::max(result.age_max_seconds, age);
      }
      if (then != nullptr && i < then->workers.size())
        add_finished(then->workers[i], worker, result);
    }
  }
  return result;
}

ScoreboardView view(const Scoreboard& board, Instant at, std::int32_t pid) {
  ScoreboardView shown;
  shown.at = at;
  shown.pid = pid;
  shown.source = board.source;
  shown.generation = board.generation;
  shown.server_limit = board.server_limit;
  shown.thread_limit = board.thread_limit;
  for (const ProcessScore& process : board.processes) {
    ProcessView& row = shown.processes.emplace_back();
    row.slot = process.slot;
    row.pid = process.pid;
    row.generation = process.generation;
    row.quiescing = process.quiescing;
    row.not_accepting = process.not_accepting;
    for (const WorkerScore& worker : process.workers)
      row.states += state_letter(worker.state);
  }
  return shown;
}

}  // namespace mpm
