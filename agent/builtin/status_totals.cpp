// SPDX-License-Identifier: Apache-2.0
#include "agent/builtin/status_totals.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>

namespace mpm::builtin {
namespace {

// Counts one thread's state in its process and in all.
void count(const SharedScoreboard& board, const WorkerSlot& score, ProcessTotals& process,
           StatusTotals& totals) {
  const WorkerState state = state_of(score);
  if (process.pid != 0 && !process.stopping) {
    if (state == WorkerState::Ready) {
      if (get(score.generation) == get(board.global().running_generation)) ++process.idle;
    } else if (state == WorkerState::Graceful) {
      ++process.graceful;
    } else if (state != WorkerState::Dead && state != WorkerState::Starting &&
               state != WorkerState::IdleKill) {
      ++process.busy;
    }
  }
  totals.accesses += get(score.access_count);
  totals.duration_ms += get(score.duration) / 1000;
}

ProcessTotals process_totals(const SharedScoreboard& board, std::int32_t slot) {
  const ProcessSlot& process = board.process(slot);
  ProcessTotals totals;
  totals.slot = slot;
  totals.pid = get(process.pid);
  totals.stopping = get(process.quiescing) != 0;
  totals.old_generation = get(process.generation) != get(board.global().running_generation);
  totals.accepting = get(process.not_accepting) == 0 && !totals.stopping;
  totals.connections = get(process.connections);
  totals.wait_io = get(process.wait_io);
  totals.writing = get(process.write_completion);
  totals.keep_alive = get(process.keep_alive);
  totals.closing = get(process.lingering_close);
  return totals;
}

struct Ticks {
  clock_t user = 0, system = 0;
};

void append_unit(std::string& text, std::int64_t count, std::string_view unit) {
  if (count == 0) return;
  if (!text.empty()) text += ' ';
  text += fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

}  // namespace

StatusTotals status_totals(const SharedScoreboard& board, const Settings& settings,
                           const StatusFacts& facts) {
  StatusTotals totals;
  const Pool& pool = settings.pool;
  std::uint64_t bytes = 0;
  Ticks all;
  for (std::int32_t slot = 0; slot < board.server_limit(); ++slot) {
    ProcessTotals process = process_totals(board, slot);
    Ticks most;  // times() is of the process, and each thread wrote it down at another moment
    for (std::int32_t thread = 0; thread < board.thread_limit(); ++thread) {
      const WorkerSlot& score = board.worker(slot, thread);
      // What can never be used is not shown.
      const bool in_use = slot < pool.max_children && thread < pool.threads_per_child;
      if (in_use || state_of(score) != WorkerState::Dead)
        totals.letters += state_letter(state_of(score));
      count(board, score, process, totals);
      bytes += static_cast<std::uint64_t>(get(score.bytes_served));
      most.user = std::max(most.user, score.times.tms_utime);
      most.system = std::max(most.system, score.times.tms_stime);
    }
    if (process.pid == 0) continue;
    all.user += most.user;
    all.system += most.system;
    totals.busy += process.busy;
    totals.graceful += process.graceful;
    totals.idle += process.idle;
    totals.processes.push_back(process);
  }
  const tms& parent = board.global().times;
  totals.kilobytes = bytes / 1024;
  totals.user = static_cast<double>(all.user + parent.tms_utime) / facts.ticks_per_second;
  totals.system = static_cast<double>(all.system + parent.tms_stime) / facts.ticks_per_second;
  totals.children_user = static_cast<double>(parent.tms_cutime) / facts.ticks_per_second;
  totals.children_system = static_cast<double>(parent.tms_cstime) / facts.ticks_per_second;
  totals.uptime = (facts.now_us - get(board.global().restart_time)) / 1'000'000;
  return totals;
}

std::string_view mpm_name(Mpm mpm) {
  constexpr std::array kNames =
      std::to_array<std::string_view>({"prefork", "worker", "event", "WinNT"});
  return kNames[static_cast<std::size_t>(mpm)];
}

std::string number(double value) {
  std::string text = fmt::format("{:.6g}", value);
  const std::size_t digits = text.front() == '-' ? 1 : 0;
  if (text.compare(digits, 2, "0.") == 0) text.erase(digits, 1);
  const auto exponent = text.find('e');
  if (exponent != std::string::npos && text.size() > exponent + 3 && text[exponent + 2] == '0')
    text.erase(exponent + 2, 1);
  return text;
}

std::string status_time(std::int64_t at_us) {
  const std::time_t second = at_us / 1'000'000;
  std::tm local{};
  ::localtime_r(&second, &local);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%A, %d-%b-%Y %H:%M:%S %Z", &local);
  return text.data();
}

std::string status_uptime(std::int64_t seconds) {
  std::string text;
  append_unit(text, seconds / 86400, "day");
  append_unit(text, seconds / 3600 % 24, "hour");
  append_unit(text, seconds / 60 % 60, "minute");
  append_unit(text, seconds % 60, "second");
  return text;
}

}  // namespace mpm::builtin
