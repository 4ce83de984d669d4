// SPDX-License-Identifier: Apache-2.0
//
// A window of samples, reduced to what a rule may look at, and the policy of the person who
// asks. If a number is not here, no advice can depend on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/sample.h"
#include "schema/model/scoreboard.h"
#include "schema/model/units.h"

namespace mpm {

struct Distribution {
  std::int64_t count = 0;
  double mean = 0;
  double variance = 0;
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
  double max = 0;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"count", &Distribution::count}, Field{"mean", &Distribution::mean},
               Field{"variance", &Distribution::variance}, Field{"p50", &Distribution::p50},
               Field{"p95", &Distribution::p95}, Field{"p99", &Distribution::p99},
               Field{"max", &Distribution::max});
  }
};

// From which share on processors count as full: of their time, or of a quota's periods.
inline constexpr double kFullProcessors = 0.93;
inline constexpr double kThrottled = 0.25;

// Where more requests served at once brought no more of them a second: with `workers` busy the
// server gave `per_second`, which is nearly as much as it ever did, with more of them
// `best_per_second`, with `end_workers` nearly that still, and with `most_workers`
// `most_per_second`.
struct Plateau {
  double workers = 0;
  double per_second = 0;
  double best_per_second = 0;
  double end_workers = 0;
  // A second, while the number of the busy rose from the plateau to far beyond it; 0: not seen.
  double onset_arrivals = 0;
  double most_workers = 0;
  double most_per_second = 0;
  // At once, that would serve what ended a second during that rise, in the time that a request took
  // before (Little's law); 0: not seen.
  double onset_workers = 0;
  // A second, while the number of the busy fell from its heights to below half of the most; 0: not
  // seen for long. What only stood still meanwhile ends faster then than ever; what is slow because
  // so much waits stays so.
  double fading_per_second = 0;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"workers", &Plateau::workers}, Field{"per_second", &Plateau::per_second},
               Field{"best_per_second", &Plateau::best_per_second},
               Field{"end_workers", &Plateau::end_workers},
               Field{"onset_arrivals", &Plateau::onset_arrivals},
               Field{"most_workers", &Plateau::most_workers},
               Field{"most_per_second", &Plateau::most_per_second},
               Field{"onset_workers", &Plateau::onset_workers},
               Field{"fading_per_second", &Plateau::fading_per_second});
  }
};

// The least squared coefficient of variation of the time of a request that is told: no less can be
// from the ages of requests, and 0 is one that is not known.
inline constexpr double kLeastVariation = 0.001;

// The load, from the scoreboard and the kernel. Shares are of the samples, 0 to 1.
struct LoadObservation {
  Distribution busy;       // workers, keep-alive waits left out
  Distribution keepalive;  // workers that only wait for a client's next request
  Distribution idle;
  Distribution queue;            // connections waiting in the kernel
  Distribution connections;      // open, accepted or not
  double pinned_share = 0;       // no idle worker and nearly all the limit busy
  double pinned_per_second = 0;  // requests that ended meanwhile
  double ramping_share = 0;      // no idle worker below the limit while connections wait
  double deaf_share = 0;         // idle workers, and connections wait that no process accepts
  double old_generation_share = 0;
  std::int64_t old_processes_max = 0;
  std::int64_t overflows = 0;  // connections that the kernel turned away
  double completed_per_second = 0;
  double arrived_per_second = 0;
  double service_seconds = 0;  // mean time a request holds its worker, waiting for reads left out
  // The same of the time in which neither the limit nor the processors made requests wait; 0: it
  // was not seen.
  double calm_service_seconds = 0;
  double service_cv2 = 0;  // squared coefficient of variation of that; 0: not known
  double oldest_request_seconds = 0;
  // Workers that the clients ask for: what arrives, times the time of a request, as it builds up
  // and fades. It goes on where the limit holds `busy` down.
  Distribution offered;
  // By how many workers the load rose within 1, 2, .. 10 seconds, connections that waited among
  // them: the 999th permille. Empty where neighbouring samples are farther apart than that.
  std::vector<double> rises;
  std::optional<Plateau> plateau;  // absent: more at once brought more, as far as was seen
  // Waits for a client's next request by how long they had lasted: summed Work::waiting_by_age.
  std::vector<std::int64_t> waiting_by_age;
  double requests_per_connection = 0;  // mean; 0: not known
  double cpu_busy_share = 0;           // of the host's cores
  double cpu_full_share = 0;           // of the looks: processors full with the server's own work
  double cpu_throttled_share = 0;      // of the periods of the quota
  double cpu_seconds_per_request = 0;  // of the server's processes
  // Of the server's processes between sweeps; absent when two of them did not tell.
  std::optional<double> cpu_own_share;    // of the cores that it may use, what it used
  std::optional<double> cpu_wait_share;   // of the time ready to run, that without a processor
  std::optional<double> cpu_ready_share;  // of the time of the requests, that ready to run

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"busy", &LoadObservation::busy},
               Field{"keepalive", &LoadObservation::keepalive},
               Field{"idle", &LoadObservation::idle}, Field{"queue", &LoadObservation::queue},
               Field{"connections", &LoadObservation::connections},
               Field{"pinned_share", &LoadObservation::pinned_share},
               Field{"pinned_per_second", &LoadObservation::pinned_per_second},
               Field{"ramping_share", &LoadObservation::ramping_share},
               Field{"deaf_share", &LoadObservation::deaf_share},
               Field{"old_generation_share", &LoadObservation::old_generation_share},
               Field{"old_processes_max", &LoadObservation::old_processes_max},
               Field{"overflows", &LoadObservation::overflows},
               Field{"completed_per_second", &LoadObservation::completed_per_second},
               Field{"arrived_per_second", &LoadObservation::arrived_per_second},
               Field{"service_seconds", &LoadObservation::service_seconds},
               Field{"calm_service_seconds", &LoadObservation::calm_service_seconds},
               Field{"service_cv2", &LoadObservation::service_cv2},
               Field{"oldest_request_seconds", &LoadObservation::oldest_request_seconds},
               Field{"offered", &LoadObservation::offered}, Field{"rises", &LoadObservation::rises},
               Field{"plateau", &LoadObservation::plateau},
               Field{"waiting_by_age", &LoadObservation::waiting_by_age},
               Field{"requests_per_connection", &LoadObservation::requests_per_connection},
               Field{"cpu_busy_share", &LoadObservation::cpu_busy_share},
               Field{"cpu_full_share", &LoadObservation::cpu_full_share},
               Field{"cpu_throttled_share", &LoadObservation::cpu_throttled_share},
               Field{"cpu_seconds_per_request", &LoadObservation::cpu_seconds_per_request},
               Field{"cpu_own_share", &LoadObservation::cpu_own_share},
               Field{"cpu_wait_share", &LoadObservation::cpu_wait_share},
               Field{"cpu_ready_share", &LoadObservation::cpu_ready_share});
  }
};

// The children's memory, reduced over the window.
struct MemoryObservation {
  std::int64_t children = 0;      // in the last sweep
  double requests_per_child = 0;  // median of the last sweep
  Bytes shared_once;              // what all processes map together, counted once
  // A child's own: its unique memory, and what of it was swapped out.
  Bytes child_fresh;                         // that has served nothing
  Bytes child_warm;                          // warm, without what it grew by; 0: not known
  Bytes child_typical;                       // median
  Bytes child_large;                         // 95th percentile
  Bytes child_peak;                          // of that and VmHWM less what is shared, likewise
  Bytes child_rss;                           // median, for comparison with other tools
  Bytes server_pss;                          // all processes together, as far as resident
  std::optional<double> growth_per_request;  // bytes; absent when the data cannot tell
  double growth_low = 0;                     // 10th percentile of the slopes
  std::int64_t growth_pairs = 0;             // how many pairs of sweeps it rests on

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"children", &MemoryObservation::children},
               Field{"requests_per_child", &MemoryObservation::requests_per_child},
               Field{"shared_once_bytes", &MemoryObservation::shared_once},
               Field{"child_fresh_bytes", &MemoryObservation::child_fresh},
               Field{"child_warm_bytes", &MemoryObservation::child_warm},
               Field{"child_typical_bytes", &MemoryObservation::child_typical},
               Field{"child_large_bytes", &MemoryObservation::child_large},
               Field{"child_peak_bytes", &MemoryObservation::child_peak},
               Field{"child_rss_bytes", &MemoryObservation::child_rss},
               Field{"server_pss_bytes", &MemoryObservation::server_pss},
               Field{"growth_per_request_bytes", &MemoryObservation::growth_per_request},
               Field{"growth_low_bytes", &MemoryObservation::growth_low},
               Field{"growth_pairs", &MemoryObservation::growth_pairs});
  }
};

// One MPM directive as it is in force. `configured` is false when httpd's default holds.
struct SettingObservation {
  std::string directive;
  std::int64_t effective = 0;
  std::int64_t written = 0;  // the number in the file, before httpd's clamps
  bool configured = false;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"directive", &SettingObservation::directive},
               Field{"effective", &SettingObservation::effective},
               Field{"written", &SettingObservation::written},
               Field{"configured", &SettingObservation::configured});
  }
};

// The busiest hour of the weeks before the window.
struct PastPeak {
  Instant at{};                   // its beginning
  double workers = 0;             // busy in it, keep-alive waits among them: the 99th percentile
  double saturated_seconds = 0;   // of it, in which all of them were
  std::int64_t worker_limit = 0;  // at that time; 0: unknown
  std::int64_t hours = 0;         // that the history tells enough of

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &PastPeak::at}, Field{"workers", &PastPeak::workers},
               Field{"saturated_seconds", &PastPeak::saturated_seconds},
               Field{"worker_limit", &PastPeak::worker_limit}, Field{"hours", &PastPeak::hours});
  }
};

// What a number of workers brought in the days before, while all of them were busy: throughput that
// more workers would have to surpass.
struct FullPool {
  Instant at{};              // the last minute in which it was full
  std::int64_t workers = 0;  // MaxRequestWorkers, as it was in force
  double seconds = 0;        // in which all of them were busy
  double per_second = 0;     // requests that ended in these

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &FullPool::at}, Field{"workers", &FullPool::workers},
               Field{"seconds", &FullPool::seconds}, Field{"per_second", &FullPool::per_second});
  }
};

// A pool of php-fpm that the server passes requests to, as it was when it was asked.
struct PhpPool {
  std::string name;
  std::string listen;             // its socket: a path, or an address and port
  std::int64_t max_children = 0;  // pm.max_children: requests that it serves at once, at most
  std::int64_t children = 0;      // processes that it has
  // Connections that none of them has accepted yet; nullopt: its queue cannot be read.
  std::optional<std::int64_t> waiting;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"name", &PhpPool::name}, Field{"listen", &PhpPool::listen},
               Field{"max_children", &PhpPool::max_children}, Field{"children", &PhpPool::children},
               Field{"waiting", &PhpPool::waiting});
  }
};

struct Observation {
  std::int32_t pid = 0;
  std::optional<Mpm> mpm;
  SourceKind source = SourceKind::SharedMemory;
  double span_seconds = 0;
  std::int64_t samples = 0;
  std::int64_t restarts = 0;  // starts, HUPs and gracefuls seen inside the window
  std::int64_t worker_limit = 0;
  std::vector<SettingObservation> settings;
  LoadObservation load;
  std::optional<MemoryObservation> memory;
  std::optional<PastPeak> past;      // absent: the history has no whole hour
  std::vector<FullPool> full_pools;  // one of each number of workers, the smallest first
  // What more workers than there may be now brought together, of a larger pool of these days that
  // was not full: `workers` were busy on average, for `seconds`. Absent: never so many were.
  std::optional<FullPool> crowd;
  // What those that served brought in these days, while all other workers of a full pool waited for
  // idle clients: `workers` of them on average. Absent: most never waited so.
  std::optional<FullPool> served;
  std::vector<PhpPool> php_pools;  // that requests are passed to, on this host
  HostUsage host;                  // as last seen, memory_available at its lowest in the window
  std::string basis;               // fingerprint of the configuration the settings came from

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"pid", &Observation::pid}, Field{"mpm", &Observation::mpm},
               Field{"source", &Observation::source},
               Field{"span_seconds", &Observation::span_seconds},
               Field{"samples", &Observation::samples}, Field{"restarts", &Observation::restarts},
               Field{"worker_limit", &Observation::worker_limit},
               Field{"settings", &Observation::settings}, Field{"load", &Observation::load},
               Field{"memory", &Observation::memory}, Field{"past", &Observation::past},
               Field{"full_pools", &Observation::full_pools}, Field{"crowd", &Observation::crowd},
               Field{"served", &Observation::served}, Field{"php_pools", &Observation::php_pools},
               Field{"host", &Observation::host}, Field{"basis", &Observation::basis});
  }
};

// What the operator decides, not what the machine does.
struct Policy {
  double memory_share = 0.9;      // of the budget, the part that httpd's worst case may fill
  double headroom = 2.0;          // workers wanted, over the need
  std::int64_t min_samples = 10;  // below it no number is proposed
  double min_span_seconds = 8;
  double min_requests_per_child = 3;  // below it memory is not believed to be warm

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"memory_share", &Policy::memory_share}, Field{"headroom", &Policy::headroom},
               Field{"min_samples", &Policy::min_samples},
               Field{"min_span_seconds", &Policy::min_span_seconds},
               Field{"min_requests_per_child", &Policy::min_requests_per_child});
  }
};

}  // namespace mpm
