// SPDX-License-Identifier: Apache-2.0
//
// What the requests of a simulated server share, and slow each other down on: processors, a backend
// behind the server, memory. Each that is not limited is as if each request had its own.
//
// Processors are shared equally among all that run: with n of them on c cores each runs at
// min(1, c e / n), where e = 1 / (1 + switching max(0, n - c)) is what switching leaves of the
// work. A backend serves so many at once, first come, first served; the more wait for it, the
// longer each takes (locks, buffers). Memory over its budget is paged: everything takes longer.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "agent/advise/model/load.h"

namespace mpm::model {

struct Machine {
  double cores = 0;                  // 0: each request has one of its own
  double switching = 0.0005;         // of the work, lost for each that runs beyond the cores
  std::int32_t backend_servers = 0;  // as php-fpm's pm.max_children; 0: each has one of its own
  double backend_contention = 0;     // of a service, added for each that waits when it begins
  double memory_budget = 0;          // bytes, for the children together; 0: without end
  double paging = 30;  // of its time, added to everything by memory of twice the budget

  // How much longer everything takes while the children hold so many bytes.
  double slowdown(double bytes) const {
    return memory_budget > 0 && bytes > memory_budget ? 1 + paging * (bytes / memory_budget - 1)
                                                      : 1;
  }
};

// Those that run, by connection. Work is counted in what each of them got since the beginning: all
// get the same, so that who is done next does not change when others come or go.
class Processors {
 public:
  // What a kernel would have counted for it until it was done, seconds.
  struct Done {
    std::uint32_t connection = 0;
    double ran = 0;     // on a processor, its part of the switching included
    double waited = 0;  // ready to run, for a processor
  };

  explicit Processors(const Machine& machine)
      : cores_(machine.cores), switching_(machine.switching) {}

  bool limited() const { return cores_ > 0; }
  void add(std::uint32_t connection, Time work, Time now);
  // When the next one is done, while nothing else happens; Time::max(): nobody runs.
  Time next() const { return next_; }
  Done take_next();
  // From now on each takes so many times as long.
  void slow_down(double slowdown, Time now);
  // Seconds of all cores together, switching included.
  double busy_seconds(Time now) const;

 private:
  struct Share {
    double done_at = 0;  // of the seconds that each got
    std::uint32_t connection = 0;
    double ran_before = 0, ready_before = 0;  // `ran_` and `ready_` when it came
  };
  struct Later {
    bool operator()(const Share& a, const Share& b) const { return a.done_at > b.done_at; }
  };
  double busy_cores() const;
  void advance(Time now);
  void foresee();

  double cores_ = 0, switching_ = 0, slowdown_ = 1;
  double got_ = 0;   // seconds that each that runs got since the beginning
  double rate_ = 0;  // of a second, that each gets in a second
  double busy_ = 0;
  // Of each that runs since the beginning, seconds: on a processor, and that or waiting for one.
  double ran_ = 0, ready_ = 0;
  Time now_{};
  Time next_ = Time::max();
  std::vector<Share> running_;  // a heap
};

// What is behind the server, and who waits for it.
class Backend {
 public:
  struct Service {
    std::uint32_t connection = 0;
    Time takes{};
  };

  explicit Backend(const Machine& machine)
      : servers_(machine.backend_servers), contention_(machine.backend_contention) {}

  bool limited() const { return servers_ > 0; }
  // False: it waits.
  bool begin(const Service& service);
  // One has ended, and the next one begins; nullopt: nobody waited.
  std::optional<Service> next();

 private:
  std::int32_t servers_ = 0, busy_ = 0;
  double contention_ = 0;
  std::deque<Service> waiting_;
};

}  // namespace mpm::model
