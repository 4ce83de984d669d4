// SPDX-License-Identifier: Apache-2.0
//
// Looking at a server after a load until it is seen to have taken effect, or not, or the time is
// up: the generation has advanced, the parent lives or another took its place, its ports answer,
// its workers have started, and every changed value is in force. A time that is up is neither.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/target/error_log.h"
#include "agent/target/evidence.h"
#include "agent/target/took_effect.h"

namespace mpm {

struct LoadWatch {
  LoadWay way = LoadWay::Graceful;
  ServerEvidence before;
  std::vector<ValueChange> changes;
  std::optional<Mpm> configured_mpm;
  // Taken before the load. The outcome is without a log where there is none.
  const LogMark* log = nullptr;

  std::chrono::milliseconds deadline{30000};
  std::chrono::milliseconds pace{200};  // between looks
  // A server that is gone may be started again by whoever keeps it; this long it is waited for.
  std::chrono::milliseconds absence{3000};
  // A server whose workers are all busy answers nobody in time and may serve well all the same: so
  // long with the change in force, and it counts.
  std::chrono::milliseconds full{5000};
  std::stop_token stop;
};

enum class LoadEnd : std::uint8_t {
  TookEffect,
  NotInForce,  // it runs, and what it runs with is not what it was told
  Gone,        // it does not run any more
  TimedOut,    // the looks so far show neither
  Stopped,     // the one who asked wants no more
};

struct LoadSight {
  LoadEnd end = LoadEnd::TimedOut;
  ServerEvidence after;             // of the last look
  TookEffect effect;                // by it
  std::vector<ServerMessage> log;   // all that was written since
  std::vector<std::string> losses;  // "the error log cannot be read, because …"
  std::string sentence;
};

// Blocks up to the deadline and one look more.
LoadSight watch_load(const LoadWatch& watch, ServerEyes& eyes, Clock& clock);

}  // namespace mpm
