// SPDX-License-Identifier: Apache-2.0
//
// The answer to "how is it right now?": one entry a server, from one look at it.
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

struct WorkerCounts {
  std::int64_t busy = 0;
  std::int64_t idle = 0;
  std::int64_t limit = 0;  // that can be busy at once, as the server runs; 0: unknown
  std::int64_t starting = 0;
  std::int64_t finishing = 0;
  std::int64_t deaf = 0;
  std::int64_t reading = 0;
  std::int64_t writing = 0;
  std::int64_t keepalive = 0;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"busy", &WorkerCounts::busy}, Field{"idle", &WorkerCounts::idle},
               Field{"limit", &WorkerCounts::limit}, Field{"starting", &WorkerCounts::starting},
               Field{"finishing", &WorkerCounts::finishing}, Field{"deaf", &WorkerCounts::deaf},
               Field{"reading", &WorkerCounts::reading}, Field{"writing", &WorkerCounts::writing},
               Field{"keepalive", &WorkerCounts::keepalive});
  }
};

struct ProcessCounts {
  std::int64_t total = 0;
  std::int64_t old = 0;
  std::int64_t deaf = 0;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"total", &ProcessCounts::total}, Field{"old", &ProcessCounts::old},
               Field{"deaf", &ProcessCounts::deaf});
  }
};

// Memory of the server's processes together. `pss` is what it really holds; `rss` counts
// every shared page once a process and is shown because other tools show it.
struct MemoryCounts {
  std::int64_t processes = 0;
  std::int64_t threads = 0;
  Bytes pss;
  Bytes unique;
  Bytes rss;
  Bytes largest_peak;  // the largest VmHWM of a child

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"processes", &MemoryCounts::processes},
               Field{"threads", &MemoryCounts::threads}, Field{"pss_bytes", &MemoryCounts::pss},
               Field{"unique_bytes", &MemoryCounts::unique}, Field{"rss_bytes", &MemoryCounts::rss},
               Field{"largest_peak_bytes", &MemoryCounts::largest_peak});
  }
};

enum class Health : std::uint8_t { Well, Strained, Saturated, Unknown };

struct TargetStatus {
  std::int32_t pid = 0;
  std::string url;
  std::string version;
  std::optional<Mpm> mpm;
  SourceKind source = SourceKind::SharedMemory;
  std::vector<SourceStatus> sources;
  Health health = Health::Unknown;
  std::string verdict;  // one sentence
  WorkerCounts workers;
  ProcessCounts processes;
  std::optional<MemoryCounts> memory;
  std::vector<ListenerUsage> listeners;
  std::int64_t accesses = 0;
  std::int64_t bytes = 0;
  std::int32_t generation = 0;
  Instant restarted{};
  // Over the last seconds, by difference; absent before there are two samples.
  std::optional<double> requests_per_second;
  std::optional<double> oldest_request_seconds;
  std::vector<std::string> losses;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"pid", &TargetStatus::pid}, Field{"url", &TargetStatus::url},
               Field{"version", &TargetStatus::version}, Field{"mpm", &TargetStatus::mpm},
               Field{"source", &TargetStatus::source}, Field{"sources", &TargetStatus::sources},
               Field{"health", &TargetStatus::health}, Field{"verdict", &TargetStatus::verdict},
               Field{"workers", &TargetStatus::workers},
               Field{"processes", &TargetStatus::processes}, Field{"memory", &TargetStatus::memory},
               Field{"listeners", &TargetStatus::listeners},
               Field{"accesses", &TargetStatus::accesses}, Field{"bytes", &TargetStatus::bytes},
               Field{"generation", &TargetStatus::generation},
               Field{"restarted", &TargetStatus::restarted},
               Field{"requests_per_second", &TargetStatus::requests_per_second},
               Field{"oldest_request_seconds", &TargetStatus::oldest_request_seconds},
               Field{"losses", &TargetStatus::losses});
  }
};

}  // namespace mpm
