// SPDX-License-Identifier: Apache-2.0
//
// Whether a load took effect: the server before it and after it, held against each other and
// against what was to change. What can be seen is seen where it is in force, and not where it is
// written: limits in the scoreboard's header, threads and processes as they are counted, a backlog
// as the kernel has it, the MPM as it is mapped. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/apache/load_plan.h"
#include "agent/apache/messages.h"
#include "agent/target/driver.h"
#include "agent/target/evidence.h"

namespace mpm {

enum class Seen : std::uint8_t {
  InForce,     // it was seen
  Follows,     // nothing outside shows it; the generation that runs has read it
  NotYet,      // what is seen does not fit yet, and may soon
  NotInForce,  // what is seen contradicts it
  Unknown,     // what would show it cannot be read
};

struct ValueEffect {
  std::string directive;  // "MPM" for the MPM
  Seen seen = Seen::Unknown;
  std::string sentence;
};

struct EffectQuestion {
  LoadWay way = LoadWay::Graceful;
  ServerEvidence before, after;
  std::vector<ValueChange> changes;
  std::optional<Mpm> configured_mpm;
  std::vector<ServerMessage> log;  // since the load
  bool log_known = false;          // it could be read
};

struct TookEffect {
  Seen loaded = Seen::Unknown;  // the configuration as a whole, by the generation
  std::string sentence;         // on that
  bool replaced = false;        // another parent process runs
  std::vector<ValueEffect> values;
  std::vector<ServerMessage> complaints;  // of the log: errors, and directives not followed

  // Everything is in force, or follows from what is.
  bool complete() const;
  // Something is not in force and will not come.
  bool failed() const;
};

TookEffect took_effect(const EffectQuestion& question);

}  // namespace mpm
