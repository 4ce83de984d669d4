// SPDX-License-Identifier: Apache-2.0
//
// The answer to "what does the MPM change?": the same load on the same server under each of
// them. What could not be measured is absent, and `losses` says why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/scoreboard.h"
#include "schema/model/units.h"

namespace mpm {

// One MPM. Processes, threads and memory are those of the server while it holds the idle
// connections.
struct LabResult {
  Mpm mpm = Mpm::Event;
  std::optional<double> answered_per_second;
  std::optional<std::int64_t> failed;
  std::optional<double> p50_seconds;
  std::optional<double> p99_seconds;
  std::optional<std::int64_t> held;  // idle connections that were answered and are still open
  std::optional<Bytes> pss_before;   // of all processes, with no connection open
  std::optional<Bytes> pss_held;
  std::optional<Bytes> per_thousand_held;  // what 1,000 idle connections add
  std::optional<std::int64_t> processes;
  std::optional<std::int64_t> threads;
  std::vector<std::string> losses;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"mpm", &LabResult::mpm},
               Field{"answered_per_second", &LabResult::answered_per_second},
               Field{"failed", &LabResult::failed}, Field{"p50_seconds", &LabResult::p50_seconds},
               Field{"p99_seconds", &LabResult::p99_seconds}, Field{"held", &LabResult::held},
               Field{"pss_before_bytes", &LabResult::pss_before},
               Field{"pss_held_bytes", &LabResult::pss_held},
               Field{"per_thousand_held_bytes", &LabResult::per_thousand_held},
               Field{"processes", &LabResult::processes}, Field{"threads", &LabResult::threads},
               Field{"losses", &LabResult::losses});
  }
};

struct LabReport {
  Instant at{};
  std::string path;               // of the requests
  double due_per_second = 0;      // requests that are due, answered or not
  double span_seconds = 0;        // in which they are
  std::int64_t connections = 0;   // idle ones that are opened
  std::int64_t worker_limit = 0;  // requests that can be served at once, under every MPM
  std::vector<LabResult> results;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &LabReport::at}, Field{"path", &LabReport::path},
               Field{"due_per_second", &LabReport::due_per_second},
               Field{"span_seconds", &LabReport::span_seconds},
               Field{"connections", &LabReport::connections},
               Field{"worker_limit", &LabReport::worker_limit},
               Field{"results", &LabReport::results});
  }
};

}  // namespace mpm
