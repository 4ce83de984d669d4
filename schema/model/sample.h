// SPDX-License-Identifier: Apache-2.0
//
// One look at a server and its host: the scoreboard counted, the kernel's side of the
// listeners, the machine, and now and then the memory of every child. Counters are raw, as
// they stood; differences are the reader's.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/scoreboard.h"
#include "schema/model/units.h"

namespace mpm {

// A scoreboard, counted. Workers are counted in every generation, because an old thread
// occupies memory and a client as a new one does; `finishing` says how many of the busy are
// of a generation on its way out. Dead slots are not counted.
struct Tally {
  std::int64_t busy = 0;  // reading .. closing, and graceful
  std::int64_t idle = 0;  // ready, in a process of the present generation that goes on
  std::int64_t starting = 0;
  std::int64_t finishing = 0;  // of busy: in an old or quiescing process
  std::int64_t deaf = 0;       // of idle: in a process that does not accept (event)
  std::int64_t reading = 0;
  std::int64_t writing = 0;
  std::int64_t keepalive = 0;
  std::int64_t logging = 0;
  std::int64_t dns = 0;
  std::int64_t closing = 0;
  std::int64_t graceful = 0;
  std::int64_t processes = 0;
  std::int64_t processes_old = 0;   // old generation or quiescing
  std::int64_t processes_deaf = 0;  // of the present ones: not accepting

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"busy", &Tally::busy}, Field{"idle", &Tally::idle},
               Field{"starting", &Tally::starting}, Field{"finishing", &Tally::finishing},
               Field{"deaf", &Tally::deaf}, Field{"reading", &Tally::reading},
               Field{"writing", &Tally::writing}, Field{"keepalive", &Tally::keepalive},
               Field{"logging", &Tally::logging}, Field{"dns", &Tally::dns},
               Field{"closing", &Tally::closing}, Field{"graceful", &Tally::graceful},
               Field{"processes", &Tally::processes}, Field{"processes_old", &Tally::processes_old},
               Field{"processes_deaf", &Tally::processes_deaf});
  }
};

// Bounds between which workers that wait for a client's next request are counted by how long they
// have waited, seconds; the last count is of those beyond.
inline constexpr std::array<double, 7> kWaitingAges{0.5, 1, 2, 3, 5, 10, 30};

// Requests as the slots show them; never mod_status's Total Duration, which prefork and
// worker count twice. Ages are of the requests in service at this instant; durations are of
// the last request of each slot that finished since the sample before.
struct Work {
  std::int64_t running = 0;
  std::int64_t running_first = 0;  // of them, those that their connection began with
  double age_sum_seconds = 0;
  double age_max_seconds = 0;
  std::int64_t finished = 0;
  double duration_sum_seconds = 0;
  double duration_square_sum = 0;  // seconds squared
  // In keep-alive, one count more than kWaitingAges has bounds; empty when no worker is.
  std::vector<std::int64_t> waiting_by_age;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"running", &Work::running}, Field{"running_first", &Work::running_first},
               Field{"age_sum_seconds", &Work::age_sum_seconds},
               Field{"age_max_seconds", &Work::age_max_seconds}, Field{"finished", &Work::finished},
               Field{"duration_sum_seconds", &Work::duration_sum_seconds},
               Field{"duration_square_sum", &Work::duration_square_sum},
               Field{"waiting_by_age", &Work::waiting_by_age});
  }
};

// One listening socket as the kernel has it.
struct ListenerUsage {
  std::string address;
  std::int32_t port = 0;
  std::int64_t queue = 0;        // connections nobody has accepted yet
  std::int64_t queue_limit = 0;  // ListenBacklog after the kernel's cap; 0: unknown
  // Connections that are open, accepted or not, and half closed ones, in either direction; up
  // to half a minute old where counting them is dear.
  std::int64_t established = 0;
  std::int64_t closing = 0;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"address", &ListenerUsage::address}, Field{"port", &ListenerUsage::port},
               Field{"queue", &ListenerUsage::queue},
               Field{"queue_limit", &ListenerUsage::queue_limit},
               Field{"established", &ListenerUsage::established},
               Field{"closing", &ListenerUsage::closing});
  }
};

// Connections that wait at all of them.
inline std::int64_t queue_of(const std::vector<ListenerUsage>& listeners) {
  std::int64_t sum = 0;
  for (const ListenerUsage& listener : listeners)
    sum += listener.queue;
  return sum;
}

// A limit that some cgroup on the way up from the server's own imposes.
struct MemoryLimit {
  std::string cgroup;  // path, "" for the root
  std::string file;    // "memory.max", "memory.high", "memory.limit_in_bytes"
  Bytes limit;
  Bytes current;        // usage charged to that cgroup
  Bytes inactive_file;  // of current: page cache the kernel would drop first
  Bytes anonymous;      // of current

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"cgroup", &MemoryLimit::cgroup}, Field{"file", &MemoryLimit::file},
               Field{"limit_bytes", &MemoryLimit::limit},
               Field{"current_bytes", &MemoryLimit::current},
               Field{"inactive_file_bytes", &MemoryLimit::inactive_file},
               Field{"anonymous_bytes", &MemoryLimit::anonymous});
  }
};

struct HostUsage {
  double cores = 0;                // that the server may use: cpuset and cpu.max counted
  double cpu_busy_seconds = 0;     // of the whole host, since boot, over all cores
  double cpu_total_seconds = 0;    // busy and idle, since boot, over all cores
  std::int64_t cpu_periods = 0;    // of the quota that binds the server first; 0: there is none
  std::int64_t cpu_throttled = 0;  // of them, those in which it had to stand still
  Bytes memory_total;
  Bytes memory_available;  // MemAvailable
  Bytes swap_used;
  std::optional<double> memory_pressure_some;  // PSI avg10, percent
  std::optional<double> memory_pressure_full;
  std::vector<MemoryLimit> limits;    // every one that is set, from the inside out
  std::int64_t listen_overflows = 0;  // TcpExtListenOverflows of the network namespace
  std::int64_t listen_drops = 0;
  std::int64_t somaxconn = 0;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(
        Field{"cores", &HostUsage::cores}, Field{"cpu_busy_seconds", &HostUsage::cpu_busy_seconds},
        Field{"cpu_total_seconds", &HostUsage::cpu_total_seconds},
        Field{"cpu_periods", &HostUsage::cpu_periods},
        Field{"cpu_throttled", &HostUsage::cpu_throttled},
        Field{"memory_total_bytes", &HostUsage::memory_total},
        Field{"memory_available_bytes", &HostUsage::memory_available},
        Field{"swap_used_bytes", &HostUsage::swap_used},
        Field{"memory_pressure_some", &HostUsage::memory_pressure_some},
        Field{"memory_pressure_full", &HostUsage::memory_pressure_full},
        Field{"limits", &HostUsage::limits},
        Field{"listen_overflows", &HostUsage::listen_overflows},
        Field{"listen_drops", &HostUsage::listen_drops}, Field{"somaxconn", &HostUsage::somaxconn});
  }
};

// One process of the server. `unique` is what ending it would give back; `shared` is what it
// maps together with others, counted in each of them.
struct ProcessUsage {
  std::int32_t pid = 0;
  std::int32_t generation = 0;
  bool parent = false;
  std::int64_t requests = 0;  // that this process has served
  std::int64_t threads = 0;
  Bytes rss;
  Bytes pss;
  Bytes unique;            // private clean and dirty
  Bytes shared;            // rss less unique
  Bytes swap;              // its share of swapped pages (SwapPss)
  Bytes peak;              // VmHWM: the largest rss it ever had
  double cpu_seconds = 0;  // user and system, since it started
  // All of its threads together, since they started: ready to run, and no processor was free. Of
  // many threads some stand for all. nullopt: the kernel does not tell.
  std::optional<double> cpu_wait_seconds;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"pid", &ProcessUsage::pid}, Field{"generation", &ProcessUsage::generation},
               Field{"parent", &ProcessUsage::parent}, Field{"requests", &ProcessUsage::requests},
               Field{"threads", &ProcessUsage::threads}, Field{"rss_bytes", &ProcessUsage::rss},
               Field{"pss_bytes", &ProcessUsage::pss}, Field{"unique_bytes", &ProcessUsage::unique},
               Field{"shared_bytes", &ProcessUsage::shared},
               Field{"swap_bytes", &ProcessUsage::swap}, Field{"peak_bytes", &ProcessUsage::peak},
               Field{"cpu_seconds", &ProcessUsage::cpu_seconds},
               Field{"cpu_wait_seconds", &ProcessUsage::cpu_wait_seconds});
  }
};

struct Sample {
  std::int64_t seq = 0;  // grows by one a sample of this agent; the cursor of /v1/samples
  Instant at{};
  std::int32_t pid = 0;  // the parent's
  SourceKind source = SourceKind::SharedMemory;
  std::int32_t generation = 0;
  Instant restarted{};
  std::int64_t worker_limit = 0;  // in force; 0: unknown
  Tally tally;
  std::int64_t accesses = 0;  // since `restarted`
  std::int64_t bytes = 0;
  // Children that came and went since the server is watched, as far as they lived at a look.
  std::int64_t children_started = 0;
  std::int64_t children_ended = 0;
  Work work;
  HostUsage host;
  std::vector<ListenerUsage> listeners;
  std::vector<ProcessUsage> processes;  // empty when memory was not swept this time

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"seq", &Sample::seq}, Field{"at", &Sample::at}, Field{"pid", &Sample::pid},
               Field{"source", &Sample::source}, Field{"generation", &Sample::generation},
               Field{"restarted", &Sample::restarted}, Field{"worker_limit", &Sample::worker_limit},
               Field{"tally", &Sample::tally}, Field{"accesses", &Sample::accesses},
               Field{"bytes", &Sample::bytes}, Field{"children_started", &Sample::children_started},
               Field{"children_ended", &Sample::children_ended}, Field{"work", &Sample::work},
               Field{"host", &Sample::host}, Field{"listeners", &Sample::listeners},
               Field{"processes", &Sample::processes});
  }
};

// Connections that the kernel turned away between two looks because a queue was full, of all that
// listen in the network namespace. What it tells of one listener (the drops of sock_diag) is no
// help: each connection that it defers until there is data, as httpd has it do, is counted there
// too.
inline std::int64_t overflows_between(const Sample& a, const Sample& b) {
  return std::max<std::int64_t>(0, b.host.listen_overflows - a.host.listen_overflows);
}

}  // namespace mpm
