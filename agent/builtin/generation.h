// SPDX-License-Identifier: Apache-2.0
//
// What all children of one generation share, and what is one child's own. The parent makes it
// before it forks; a child only reads it.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "agent/builtin/file_answer.h"
#include "agent/builtin/listener.h"
#include "agent/builtin/logs.h"
#include "agent/builtin/settings.h"
#include "agent/builtin/shared_scoreboard.h"

namespace mpm::builtin {

struct Generation {
  Settings settings;
  Logs logs;
  DocumentRoot root;
  std::int32_t number = 0;  // running_generation while it serves

  // A later generation serves by now: this one finishes what it has.
  bool outlived(const SharedScoreboard& board) const {
    return get(board.global().running_generation) != number;
  }
};

struct ChildContext {
  const Generation& generation;
  const SharedScoreboard& board;
  const std::vector<Listener>& listeners;
  const Baton& baton;
  int pipe = -1;  // to be told to go
  std::int32_t slot = 0;
};

// The place in the scoreboard of the thread that serves.
struct Seat {
  const Generation& generation;
  const SharedScoreboard& board;
  // This child takes no more connections, and ends those it has after their next answer.
  const std::atomic<bool>& going;
  std::int32_t slot = 0;
  std::int32_t thread = 0;

  WorkerSlot& score() const { return board.worker(slot, thread); }
};

// A threaded child looks for the end of its listener every half second (join_workers in worker.c
// and event.c), so it is there for as long after it was told to go, and its parent sees it go a
// second later. Process counts follow httpd's only so.
inline constexpr milliseconds kLeastFarewell{500};

// A child's life, by MPM. It returns when the child has to end, and what it had is finished.
void run_prefork_child(const ChildContext& context);
void run_threads_child(const ChildContext& context);  // worker and winnt
void run_event_child(const ChildContext& context);

}  // namespace mpm::builtin
