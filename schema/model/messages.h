// SPDX-License-Identifier: Apache-2.0
//
// What the API's operations answer, where that is more than one of the values beside this
// file: lists, health, and errors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/sample.h"
#include "schema/model/settings.h"
#include "schema/model/status.h"
#include "schema/model/target.h"
#include "schema/model/units.h"

namespace mpm {

// A server and what its configuration makes of it.
struct TargetEntry {
  Target target;
  MpmSettings settings;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"target", &TargetEntry::target}, Field{"settings", &TargetEntry::settings});
  }
};

struct TargetList {
  Instant at{};
  std::vector<TargetEntry> targets;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &TargetList::at}, Field{"targets", &TargetList::targets});
  }
};

struct StatusReport {
  Instant at{};
  std::vector<TargetStatus> targets;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"at", &StatusReport::at}, Field{"targets", &StatusReport::targets});
  }
};

struct SampleList {
  std::int64_t next = 0;  // pass as `after` to go on
  std::vector<Sample> samples;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"next", &SampleList::next}, Field{"samples", &SampleList::samples});
  }
};

struct HealthReport {
  std::string version;
  bool ephemeral = false;
  std::int64_t targets = 0;
  std::int64_t samples = 0;  // taken since the agent started

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"version", &HealthReport::version},
               Field{"ephemeral", &HealthReport::ephemeral},
               Field{"targets", &HealthReport::targets}, Field{"samples", &HealthReport::samples});
  }
};

// application/problem+json, RFC 9457: what an Error is on the wire.
struct Problem {
  std::string type = "about:blank";
  std::string title;  // the Error's kind, in words
  std::int64_t status = 500;
  std::string detail;  // the Error's sentence

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"type", &Problem::type}, Field{"title", &Problem::title},
               Field{"status", &Problem::status}, Field{"detail", &Problem::detail});
  }
};

}  // namespace mpm
