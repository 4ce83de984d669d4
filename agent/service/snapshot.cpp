// SPDX-License-Identifier: Apache-2.0
#include "agent/service/snapshot.h"

#include <algorithm>
#include <charconv>
#include <variant>

namespace mpm {
namespace {

// The slots that a page shows also when they are dead.
struct Shown {
  std::int64_t children = 0;
  std::int64_t threads = 0;

  bool has(std::int64_t slot, std::int64_t thread) const {
    return slot < children && thread < threads;
  }
};
Shown shown_slots(const Scoreboard& board, const MpmSettings& settings) {
  if (settings.worker_limit <= 0) return {board.server_limit, board.thread_limit};
  const std::int64_t threads =
      board.mpm == Mpm::Prefork
          ? 1
          : std::max<std::int64_t>(1, number_in_force(settings, "ThreadsPerChild"));
  return {settings.worker_limit / threads, threads};
}

void count_letters(const Scoreboard& board, const Shown& shown, PageCounts& counts) {
  const auto dead = static_cast<std::size_t>(WorkerState::Dead);
  std::int64_t living_within = 0;
  for (const ProcessScore& process : board.processes) {
    for (std::size_t thread = 0; thread < process.workers.size(); ++thread) {
      const WorkerState state = process.workers[thread].state;
      // A page has printed its dead slots itself.
      if (state == WorkerState::Dead && board.source != SourceKind::ModStatus) continue;
      ++counts.letters[static_cast<std::size_t>(state)];
      if (shown.has(process.slot, static_cast<std::int64_t>(thread))) ++living_within;
    }
  }
  if (board.source != SourceKind::ModStatus)
    counts.letters[dead] =
        std::max<std::int64_t>(0, shown.children * shown.threads - living_within);
}

}  // namespace

PageCounts page_counts(const Scoreboard& board, const MpmSettings& settings) {
  PageCounts counts;
  count_letters(board, shown_slots(board, settings), counts);
  for (const ProcessScore& process : board.processes) {
    if (process.pid != 0) {
      ++counts.processes;
      if (process.quiescing) ++counts.stopping;
    }
    counts.connections += process.connections;
    counts.writing += process.write_completion;
    counts.keepalive += process.keep_alive;
    counts.closing += process.lingering_close;
  }
  return counts;
}

SettingsInForce in_force(const MpmSettings& settings) {
  SettingsInForce known;
  known.changed_since_load = settings.changed_since_load;
  for (const Setting& setting : settings.settings)
    if (const auto* value = std::get_if<std::int64_t>(&setting.effective))
      known.numbers.emplace_back(setting.directive, *value);
  return known;
}

std::optional<std::array<double, 3>> parse_load(const std::string& text) {
  std::array<double, 3> load{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (double& value : load) {
    while (at != end && *at == ' ')
      ++at;
    const auto read = std::from_chars(at, end, value);
    if (read.ec != std::errc{}) return std::nullopt;
    at = read.ptr;
  }
  return load;
}

}  // namespace mpm
