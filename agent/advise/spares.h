// SPDX-License-Identifier: Apache-2.0
//
// How many workers must be idle so that a jump of the load meets enough of them while httpd starts
// more: it does so once a second, 1, 2, 4, .. 32 processes at a time
// (perform_idle_server_maintenance in event.c, worker.c and prefork.c). Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace mpm::advise {

// Processes that httpd has started `ticks` of its maintenance after it came short of spares.
std::int64_t started_after(std::int64_t ticks);

struct Jump {
  double workers = 0;        // by which the load rises
  std::int64_t seconds = 1;  // within so many
};

// The jump that httpd can follow least, and the idle workers that it takes.
struct Spares {
  Jump worst;
  std::int64_t started = 0;  // workers that httpd adds in that time
  double wanted = 0;
};

// `rises` as LoadObservation has them, not empty; `usual` is the median of the busy workers.
//
//   wanted = max over t of (1.15 rise(t) - per_process started_after(t - 1)) + 2 sqrt(usual)
//
// The first tick may be a whole second away, hence t - 1.
Spares spares_for(const std::vector<double>& rises, double usual, std::int64_t per_process);

// Workers by which MaxSpare is above MinSpare, so that processes do not come and go: a process at
// least, and half of what the busy vary by.
struct Clear {
  std::int64_t gap = 0;
  std::int64_t flapping = 0;
};

// Processes of which those that were started together end together.
struct Apart {
  std::int64_t running = 1;
  std::int64_t usual = 1;  // of them that are usually busy

  // StartServers: as many as are busy, and no more than half.
  std::int64_t wanted() const { return std::min(usual, (running + 1) / 2); }
  // What it is lowered to: a quarter leave enough others, however few are busy.
  std::int64_t lowered() const { return std::max(wanted(), (running + 3) / 4); }
  // With more of them who remains could not bear the load.
  std::int64_t most() const { return std::max(running - usual, wanted()); }
};

}  // namespace mpm::advise
