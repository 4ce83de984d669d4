// SPDX-License-Identifier: Apache-2.0
//
// What an administrator lets the agent do to a server's configuration by itself: which
// directives, by how much at a time, when, and how long it stays away from what went wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/model/fields.h"
#include "schema/model/proposal.h"

namespace mpm {

enum class ApplyMode : std::uint8_t {
  Propose,  // nothing is changed
  Confirm,  // a person says yes to each change
  Auto,     // within the policy
};

// A part of every day in the server's local time, in minutes since midnight. From later than to:
// over midnight. The minute `to` is outside.
struct HourWindow {
  std::int64_t from_minute = 0;
  std::int64_t to_minute = 0;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"from_minute", &HourWindow::from_minute},
               Field{"to_minute", &HourWindow::to_minute});
  }
};

struct ApplyPolicy {
  ApplyMode mode = ApplyMode::Propose;
  std::vector<std::string> directives;  // that may be changed; empty: all
  double largest_step = 2;              // factor that one change may move a value by
  std::vector<HourWindow> hours;        // empty: at any time
  bool allow_full_restart = false;      // of what a graceful restart does not put in force
  Confidence least_confidence = Confidence::Medium;
  // A value nearer than this part to the proposed one is left as it is. Each time that a
  // directive was moved there or turned round lately widens its band.
  double dead_band = 0.15;
  std::int64_t agreeing_looks = 4;  // in a row, that have to ask for the same way
  double rest_seconds = 600;        // from one change to the next: time to see what it did
  double back_off_seconds = 3600;   // after an undo, doubled with each further one
  double back_off_most_seconds = 7 * 86400.0;

  template <class Use>
  static constexpr auto describe(Use use) {
    return use(Field{"mode", &ApplyPolicy::mode}, Field{"directives", &ApplyPolicy::directives},
               Field{"largest_step", &ApplyPolicy::largest_step},
               Field{"hours", &ApplyPolicy::hours},
               Field{"allow_full_restart", &ApplyPolicy::allow_full_restart},
               Field{"least_confidence", &ApplyPolicy::least_confidence},
               Field{"dead_band", &ApplyPolicy::dead_band},
               Field{"agreeing_looks", &ApplyPolicy::agreeing_looks},
               Field{"rest_seconds", &ApplyPolicy::rest_seconds},
               Field{"back_off_seconds", &ApplyPolicy::back_off_seconds},
               Field{"back_off_most_seconds", &ApplyPolicy::back_off_most_seconds});
  }
};

}  // namespace mpm
