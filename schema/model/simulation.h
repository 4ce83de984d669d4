// SPDX-License-Identifier: Apache-2.0
//
// What a server would have done with other directives under the load that it had: simulated, beside
// the same with its own directives and beside what was seen. Plain values; no behaviour.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/model/config_edit.h"
#include "schema/model/fields.h"
#include "schema/model/scoreboard.h"
#include "schema/model/units.h"

namespace mpm {

struct SimulationQuestion {
  std::string target;         // empty: the only server there is
  std::vector<Wish> wishes;   // none: as it is
  double window_seconds = 0;  // the load of so long ago until now; 0: of the last hour

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"target", &SimulationQuestion::target},
               Field{"wishes", &SimulationQuestion::wishes},
               Field{"window_seconds", &SimulationQuestion::window_seconds});
  }
};

// A moment of a course. Of the seconds since the point before it, each number is the largest.
struct SimulatedPoint {
  double at_seconds = 0;  // since the beginning
  std::int64_t processes = 0;
  std::int64_t busy = 0;   // workers
  std::int64_t queue = 0;  // connections that nobody has accepted
  Bytes memory;            // of the children together

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at_seconds", &SimulatedPoint::at_seconds},
               Field{"processes", &SimulatedPoint::processes}, Field{"busy", &SimulatedPoint::busy},
               Field{"queue", &SimulatedPoint::queue},
               Field{"memory_bytes", &SimulatedPoint::memory});
  }
};

struct SimulatedServer {
  std::int64_t requests = 0;
  std::int64_t failed = 0;         // their clients waited no longer
  std::int64_t refused = 0;        // tries to connect that found the queue full
  double waiting_p50_seconds = 0;  // until a worker began
  double waiting_p95_seconds = 0;
  double waiting_p99_seconds = 0;
  std::int64_t busy_max = 0;
  std::int64_t processes_max = 0;
  std::int64_t queue_max = 0;
  Bytes memory_max;
  std::vector<SimulatedPoint> course;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"requests", &SimulatedServer::requests},
               Field{"failed", &SimulatedServer::failed},
               Field{"refused", &SimulatedServer::refused},
               Field{"waiting_p50_seconds", &SimulatedServer::waiting_p50_seconds},
               Field{"waiting_p95_seconds", &SimulatedServer::waiting_p95_seconds},
               Field{"waiting_p99_seconds", &SimulatedServer::waiting_p99_seconds},
               Field{"busy_max", &SimulatedServer::busy_max},
               Field{"processes_max", &SimulatedServer::processes_max},
               Field{"queue_max", &SimulatedServer::queue_max},
               Field{"memory_max_bytes", &SimulatedServer::memory_max},
               Field{"course", &SimulatedServer::course});
  }
};

// What samples tell of the same time.
struct SeenServer {
  std::int64_t requests = 0;
  std::int64_t refused = 0;
  std::int64_t busy_max = 0;
  std::int64_t processes_max = 0;
  std::int64_t queue_max = 0;
  std::vector<SimulatedPoint> course;  // its memory is 0 where it was not swept

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"requests", &SeenServer::requests}, Field{"refused", &SeenServer::refused},
               Field{"busy_max", &SeenServer::busy_max},
               Field{"processes_max", &SeenServer::processes_max},
               Field{"queue_max", &SeenServer::queue_max}, Field{"course", &SeenServer::course});
  }
};

struct SimulationReport {
  std::int32_t pid = 0;
  Mpm mpm = Mpm::Event;
  Instant from{};
  double span_seconds = 0;
  double requests_per_second = 0;
  double service_seconds = 0;               // mean time a request holds its worker
  double service_cv2 = 0;                   // its squared coefficient of variation
  std::vector<DirectiveChange> directives;  // that would be in force
  SeenServer seen;
  SimulatedServer as_it_is;
  SimulatedServer changed;  // the same as as_it_is where nothing changes
  std::vector<std::string> remarks;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(
        Field{"pid", &SimulationReport::pid}, Field{"mpm", &SimulationReport::mpm},
        Field{"from", &SimulationReport::from},
        Field{"span_seconds", &SimulationReport::span_seconds},
        Field{"requests_per_second", &SimulationReport::requests_per_second},
        Field{"service_seconds", &SimulationReport::service_seconds},
        Field{"service_cv2", &SimulationReport::service_cv2},
        Field{"directives", &SimulationReport::directives}, Field{"seen", &SimulationReport::seen},
        Field{"as_it_is", &SimulationReport::as_it_is},
        Field{"changed", &SimulationReport::changed}, Field{"remarks", &SimulationReport::remarks});
  }
};

}  // namespace mpm
