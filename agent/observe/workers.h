// SPDX-License-Identifier: Apache-2.0
//
// One look at a server with the words of its slots, and from it what each worker is doing. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/scoreboard/shm_layout.h"
#include "schema/model/scoreboard.h"
#include "schema/model/units.h"
#include "schema/model/workers.h"

namespace mpm {

struct WorkersLook {
  Instant at{};
  Scoreboard board;
  std::vector<RequestText> texts;  // in the order of slot and thread; not of every slot
};

struct WorkerFilter {
  std::optional<std::int32_t> pid{};   // as the server itself sees it
  std::optional<std::int32_t> slot{};  // of the process
  std::optional<WorkerState> state{};  // nullopt: every state but dead
  bool busy_only = false;              // of these, those that is_busy()
  std::size_t limit = 1000;            // of workers
};

// Every worker that passes, up to the limit; `missing` and the parent's pid are the caller's to
// add. Whose a slot is: tally.h. A slot that went on between the scoreboard and its words is told
// as it was when the words were read.
WorkerList workers_of(const WorkersLook& look, const WorkerFilter& filter);

// All of them, for whoever reduces them further.
std::vector<WorkerView> all_workers(const WorkersLook& look);

}  // namespace mpm
