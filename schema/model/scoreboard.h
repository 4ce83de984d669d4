// SPDX-License-Identifier: Apache-2.0
//
// What a server says about itself at one instant: httpd's scoreboard, whole, in our types.
// Names follow httpd's include/scoreboard.h wherever it has one. Scoreboard is what the
// sources read and the agent works with; ScoreboardView is what travels: one letter a slot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/units.h"

namespace mpm {

enum class Mpm : std::uint8_t { Prefork, Worker, Event, Winnt };

// The order is httpd's (SERVER_DEAD = 0 ...), so a status byte of the shared-memory
// scoreboard is one of these, and kStateLetters[byte] is mod_status's letter for it.
enum class WorkerState : std::uint8_t {
  Dead,
  Starting,
  Ready,
  Reading,
  Writing,
  Keepalive,
  Logging,
  Dns,
  Closing,
  Graceful,
  IdleKill,
};
inline constexpr std::string_view kStateLetters = ".S_RWKLDCGI";

constexpr std::optional<WorkerState> worker_state(char letter) {
  const auto at = kStateLetters.find(letter);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<WorkerState>(at);
}
constexpr char state_letter(WorkerState state) {
  return kStateLetters[static_cast<std::size_t>(state)];
}
static_assert(worker_state('W') == WorkerState::Writing);
static_assert(!worker_state('?'));

// Where a Scoreboard was read. The order is from the best to the last resort.
enum class SourceKind : std::uint8_t { SharedMemory, ScoreboardFile, ModStatus };

// Which source is used, and why a better one is not.
struct SourceStatus {
  SourceKind source = SourceKind::SharedMemory;
  bool in_use = false;
  std::string why;  // empty when in use

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"source", &SourceStatus::source}, Field{"in_use", &SourceStatus::in_use},
               Field{"why", &SourceStatus::why});
  }
};

// One slot: a thread, or a process under prefork. Times are microseconds since 1970, 0 when
// it never happened; start and stop are of the request served last or now.
struct WorkerScore {
  WorkerState state = WorkerState::Dead;
  std::int32_t pid = 0;              // under worker, of an old process whose slot a new one shares
  std::int32_t generation = 0;       // likewise
  std::uint64_t accesses = 0;        // requests since the slot is used, through all its children
  std::uint64_t child_accesses = 0;  // requests of the child that has it now
  // Requests that its present connection has had; under event with the one that is served.
  std::uint32_t connection_accesses = 0;
  std::uint64_t bytes = 0;
  std::int64_t start_us = 0;
  std::int64_t stop_us = 0;
  std::int64_t last_used_us = 0;
};

// One child process. The connection counters are event's alone, and httpd refreshes them
// only when a timeout queue expires: up to KeepAliveTimeout old. The kernel knows better.
struct ProcessScore {
  std::int32_t slot = 0;
  std::int32_t pid = 0;
  std::int32_t generation = 0;
  bool quiescing = false;
  bool not_accepting = false;
  std::uint32_t connections = 0;
  std::uint32_t write_completion = 0;
  std::uint32_t lingering_close = 0;
  std::uint32_t keep_alive = 0;
  std::uint32_t suspended = 0;
  std::uint32_t wait_io = 0;         // since 2.4.63; 0 before
  std::vector<WorkerScore> workers;  // its ThreadLimit slots, dead ones included
};

// What only mod_status's page says; a scoreboard from memory has none of it.
struct PageTotals {
  std::string server_version;  // "Apache/2.4.71 (Debian)"
  std::optional<std::int64_t> busy_workers;
  std::optional<std::int64_t> idle_workers;
  std::optional<std::int64_t> graceful_workers;
};

struct Scoreboard {
  SourceKind source = SourceKind::SharedMemory;
  // The page names it. The memory does not, and whoever reads it adds what is known otherwise.
  std::optional<Mpm> mpm;
  std::int32_t server_limit = 0;  // 0: unknown, as on a status page
  std::int32_t thread_limit = 0;  // 0: unknown
  std::int32_t generation = 0;
  Instant restarted{};         // last start or HUP; a graceful restart does not count
  std::uint64_t accesses = 0;  // over all slots, dead children's too
  std::uint64_t bytes = 0;
  // Children that live, and under worker also slots whose old threads still run. A status
  // page does not say which slot is whose: then there is one ProcessScore of pid 0.
  std::vector<ProcessScore> processes;
  std::optional<PageTotals> page;
};

struct ProcessView {
  std::int32_t slot = 0;
  std::int32_t pid = 0;
  std::int32_t generation = 0;
  bool quiescing = false;
  bool not_accepting = false;
  std::string states;  // one of kStateLetters a slot

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(
        Field{"slot", &ProcessView::slot}, Field{"pid", &ProcessView::pid},
        Field{"generation", &ProcessView::generation}, Field{"quiescing", &ProcessView::quiescing},
        Field{"not_accepting", &ProcessView::not_accepting}, Field{"states", &ProcessView::states});
  }
};

struct ScoreboardView {
  Instant at{};
  std::int32_t pid = 0;  // of the parent
  SourceKind source = SourceKind::SharedMemory;
  std::int32_t generation = 0;
  std::int32_t server_limit = 0;
  std::int32_t thread_limit = 0;
  std::vector<ProcessView> processes;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &ScoreboardView::at}, Field{"pid", &ScoreboardView::pid},
               Field{"source", &ScoreboardView::source},
               Field{"generation", &ScoreboardView::generation},
               Field{"server_limit", &ScoreboardView::server_limit},
               Field{"thread_limit", &ScoreboardView::thread_limit},
               Field{"processes", &ScoreboardView::processes});
  }
};

}  // namespace mpm
