// SPDX-License-Identifier: Apache-2.0
//
// A span of looks at one server, summed up: a minute, an hour, a step of a chart. Pure. Two of them
// merge into what one of both spans would be, so that an hour is made of its minutes and a month
// of its hours, and the quantiles stay as true as those of a minute.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "agent/history/sketch.h"
#include "schema/model/fields.h"
#include "schema/model/sample.h"

namespace mpm {

// A row of the tables minute and hour. Sums are over the looks, and a mean is a sum by `looks`.
struct Rollup {
  Instant at{};  // its beginning
  std::int64_t looks = 0;
  double seconds = 0;  // between looks that can be compared: what the counts below are over
  std::int64_t requests = 0;
  std::int64_t arrivals = 0;
  std::int64_t bytes = 0;
  std::int64_t children_started = 0;
  std::int64_t children_ended = 0;
  std::int64_t overflows = 0;
  std::int64_t restarts = 0;
  std::int64_t reloads = 0;
  double saturated_seconds = 0;         // in which all workers were busy
  std::int64_t saturated_requests = 0;  // that ended in them
  double deaf_seconds = 0;
  std::int64_t worker_limit = 0;
  std::int64_t busy_sum = 0;
  std::int64_t busy_max = 0;
  std::int64_t idle_sum = 0;
  std::int64_t keepalive_sum = 0;
  std::int64_t queue_sum = 0;
  std::int64_t queue_max = 0;
  std::int64_t connections_sum = 0;
  std::int64_t connections_max = 0;
  std::int64_t processes_sum = 0;
  std::int64_t oldest_ms = 0;  // the longest that a request was seen in service
  std::int64_t finished = 0;   // requests whose duration was seen
  std::int64_t duration_sum_ms = 0;
  std::int64_t cpu_busy_ms = 0;  // of the host
  std::int64_t cpu_total_ms = 0;
  Bytes memory_available_min;
  std::int64_t sweeps = 0;  // of the memory of the processes
  Bytes memory_sum;         // PSS of all of them, over the sweeps
  Bytes memory_max;
  Sketch busy;      // of each look
  Sketch queue;     // likewise
  Sketch rate;      // requests a second, from look to look
  Sketch duration;  // seconds; of the requests of one look their mean

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(
        Field{"at", &Rollup::at}, Field{"looks", &Rollup::looks},
        Field{"seconds", &Rollup::seconds}, Field{"requests", &Rollup::requests},
        Field{"arrivals", &Rollup::arrivals}, Field{"bytes", &Rollup::bytes},
        Field{"children_started", &Rollup::children_started},
        Field{"children_ended", &Rollup::children_ended}, Field{"overflows", &Rollup::overflows},
        Field{"restarts", &Rollup::restarts}, Field{"reloads", &Rollup::reloads},
        Field{"saturated_seconds", &Rollup::saturated_seconds},
        Field{"saturated_requests", &Rollup::saturated_requests},
        Field{"deaf_seconds", &Rollup::deaf_seconds}, Field{"worker_limit", &Rollup::worker_limit},
        Field{"busy_sum", &Rollup::busy_sum}, Field{"busy_max", &Rollup::busy_max},
        Field{"idle_sum", &Rollup::idle_sum}, Field{"keepalive_sum", &Rollup::keepalive_sum},
        Field{"queue_sum", &Rollup::queue_sum}, Field{"queue_max", &Rollup::queue_max},
        Field{"connections_sum", &Rollup::connections_sum},
        Field{"connections_max", &Rollup::connections_max},
        Field{"processes_sum", &Rollup::processes_sum}, Field{"oldest_ms", &Rollup::oldest_ms},
        Field{"finished", &Rollup::finished}, Field{"duration_sum_ms", &Rollup::duration_sum_ms},
        Field{"cpu_busy_ms", &Rollup::cpu_busy_ms}, Field{"cpu_total_ms", &Rollup::cpu_total_ms},
        Field{"memory_available_min_bytes", &Rollup::memory_available_min},
        Field{"sweeps", &Rollup::sweeps}, Field{"memory_sum_bytes", &Rollup::memory_sum},
        Field{"memory_max_bytes", &Rollup::memory_max}, Field{"busy", &Rollup::busy},
        Field{"queue", &Rollup::queue}, Field{"rate", &Rollup::rate},
        Field{"duration", &Rollup::duration});
  }
};

// `more` begins later; `at` stays.
void merge(Rollup& into, const Rollup& more);

// The beginning of the span of that length that `at` is in, counted from 1970.
Instant beginning_of(Instant at, std::chrono::milliseconds length);

// One of each span in which there are looks; `samples` are of one server, by time. The first of
// them is only what the second is compared with when it lies before `from`.
std::vector<Rollup> rolled_up(std::span<const Sample> samples, Instant from,
                              std::chrono::milliseconds length);
// Likewise of shorter ones, by time.
std::vector<Rollup> merged(std::span<const Rollup> rollups, std::chrono::milliseconds length);

}  // namespace mpm
