// SPDX-License-Identifier: Apache-2.0
//
// Two looks at one server, one after the other, and what lies between them. Pure. Counters go on
// through a graceful reload and begin anew with a restart, be it of the process or by SIGHUP, which
// keeps the pid; those of a 32-bit httpd begin anew at 2^32 as well. A pair that is too far apart
// tells nothing about the time between.
#pragma once

#include <cstdint>
#include <span>

#include "schema/model/sample.h"

namespace mpm {

double seconds_between(const Sample& a, const Sample& b);
// Counters or processes began anew: a restart or a reload. A page tells the start to a second or
// so.
bool restarted_between(const Sample& a, const Sample& b);

std::int64_t connections_of(const Sample& sample);
// Workers that serve a request: not those that wait for a client to begin one or to go on.
std::int64_t serving(const Sample& sample);
// There are as many workers as may be, and all are busy; or connections wait, and the few that are
// idle are in processes that accept none.
bool is_pinned(const Sample& sample, std::int64_t limit);
// Connections wait, and a quarter of the workers or more is idle, all in processes that accept
// none. A few that are idle between two requests of a full server are no sign of that.
bool is_deaf(const Sample& sample);

// A longer gap than this hides what happened in it: three times the usual distance of neighbours.
double longest_gap(std::span<const Sample> samples);

struct Between {
  bool restarted = false;   // counters began anew
  bool reloaded = false;    // another generation, the counters go on
  bool comparable = false;  // near enough; else what follows is 0
  double seconds = 0;
  std::int64_t requests = 0;
  double arrivals = 0;  // requests, and what came and waits
  std::int64_t bytes = 0;
  std::int64_t children_started = 0;
  std::int64_t children_ended = 0;
  std::int64_t overflows = 0;
  double cpu_busy_seconds = 0;
  double cpu_total_seconds = 0;
};
Between between(const Sample& a, const Sample& b, double longest);

// How much a counter grew from `before` to `after`.
std::int64_t growth(std::int64_t before, std::int64_t after, bool restarted);

}  // namespace mpm
