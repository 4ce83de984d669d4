// SPDX-License-Identifier: Apache-2.0
//
// All that the rules judge by: the observation, and what follows from it once. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/advise/demand.h"
#include "agent/advise/memory.h"
#include "schema/model/observation.h"
#include "schema/model/units.h"

namespace mpm::advise {

// From which share of the samples on something is more than chance.
inline constexpr double kDeafShare = 0.02;
inline constexpr double kRampingShare = 0.01;
// Of the looks, those with processors full of httpd's own work: bursts that fill them are shorter
// than any window that is long enough for the rest.
inline constexpr double kFullLooks = 0.03;
// From which share on processors count as full: of their time, or of a quota's periods.
inline constexpr double kFullProcessors = 0.93;
inline constexpr double kThrottled = 0.25;
// A need above this part of the limit is too near to it.
inline constexpr double kNear = 0.8;

// Whose work fills the processors. `Untold` where the server's own processes do not say: of a
// status page alone, and on a kernel that does not count.
enum class Processors : std::uint8_t { Free, Ours, Others, Untold };

struct Facts {
  const Observation& seen;
  const Policy& policy;
  Demand demand;
  std::optional<Budget> budget;
  std::optional<Cost> cost;
  std::optional<Growth> growth;  // of children that grow with every request
  bool enough = false;           // samples, to propose a number

  Facts(const Observation& observation, const Policy& chosen);

  // The value in force; `fallback` when the MPM does not know the directive.
  std::int64_t effective(std::string_view directive, std::int64_t fallback = 0) const;
  std::int64_t written(std::string_view directive, std::int64_t fallback = 0) const;

  bool threaded() const { return seen.mpm != Mpm::Prefork; }
  std::int64_t limit() const { return seen.worker_limit; }
  // The directive that sets it. winnt has one process, and all workers are its threads.
  std::string_view pool_directive() const {
    return seen.mpm == Mpm::Winnt ? "ThreadsPerChild" : "MaxRequestWorkers";
  }
  // Workers of one process: 1 under prefork.
  std::int64_t per_process() const;
  // Processes that run when every worker does.
  Processes running() const;
  // Workers that memory has room for; nullopt when that is not known.
  std::optional<std::int64_t> workers_that_fit() const;
  // The processors are Ours when the requests spend most of their time on them, waiting for one
  // included, or httpd's processes use nearly all that they may; whatever the host's load is. So
  // they are when clients waited for a worker, and the work of httpd filled them now and then.
  Processors processors() const;
  bool filled_at_times() const;
  // Whether they are the bottleneck: more workers would only switch more.
  bool cpu_full() const {
    return processors() == Processors::Ours || processors() == Processors::Untold;
  }
  // Whether the children that there were fill more than there is: what is slow then is the memory.
  bool paged() const;
  // Whether more requests at once brought no more throughput, and not for want of processors or of
  // memory.
  bool backend_full() const;
  // The smallest larger pool that is known to have ended fewer requests with all of it busy than
  // this one does; nullptr: none, or this one was not full.
  const FullPool* larger_that_brought_less() const;
  // The best smaller pool that ended many more requests with all of it busy; nullptr likewise.
  const FullPool* smaller_that_brought_more() const;
  // Whether workers that wait for the next request of an idle client fill the server.
  bool held_by_keepalive() const;
  // Workers wanted at the peak, those that only wait for a client's next request among them.
  double need() const { return std::max(demand.workers + demand.keepalive, demand.past); }
  // Whether that is of the past, and the window was calmer.
  bool needed_in_the_past() const { return demand.past > demand.workers + demand.keepalive; }
  bool near_limit() const { return need() >= kNear * static_cast<double>(limit()); }
  // Whether clients wait because processes with idle workers hold too many connections.
  bool deaf() const { return seen.load.deaf_share > kDeafShare; }
  // Whether clients wait for processes to start.
  bool ramping() const;
  // Whether the kernel turned clients away although neither workers nor connections were full.
  bool overflowing() const;
  // Budget and cost are known. Of each process when all of them run: as large as one in twenty is,
  // and where growing children end in time what they are then, or more if they are so already.
  Bytes counted_now() const;
  // Whether the memory would not hold with every worker busy; false where that is not known.
  bool memory_fails() const;
};

}  // namespace mpm::advise
