// SPDX-License-Identifier: Apache-2.0
//
// How a changed configuration has to be loaded: by a graceful restart, a restart, or a stop and a
// start. The least that puts every change in force, decided by what changed and by what the
// running parent keeps until it ends:
//
//   ServerLimit 16 -> 32                              stop and start: a reload ignores it
//   MaxRequestWorkers 400 -> 800, ServerLimit 16      stop and start: a reload cuts it to 400
//   MaxRequestWorkers 400 -> 300                      graceful
//
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/apache/constraints.h"
#include "schema/model/proposal.h"
#include "schema/model/scoreboard.h"
#include "schema/model/settings.h"

namespace mpm {

// Graceful: requests in service are finished. Restart: they are cut, the parent stays. StopStart:
// a new parent, the only way to another MPM, ServerLimit, ThreadLimit or ListenBacklog.
using LoadWay = RestartClass;

struct ValueChange {
  std::string directive;  // its present name
  SettingValue from;      // in force
  SettingValue to;        // what a full start would make of the new configuration
};

struct LoadQuestion {
  std::optional<Mpm> running_mpm;     // absent: nothing runs
  std::optional<Mpm> configured_mpm;  // by the new configuration
  std::vector<ValueChange> changes;
  RunningLimits running;               // of the scoreboard's header; 0: unknown
  std::int64_t threads_per_child = 0;  // by the new configuration; 0: unknown
};

struct LoadReason {
  std::string directive;  // "MPM" for the MPM itself
  LoadWay way = LoadWay::Graceful;
  std::string sentence;
};

struct LoadPlan {
  LoadWay way = LoadWay::Graceful;
  std::vector<LoadReason> reasons;  // one for each change, the strongest first
};

LoadPlan load_plan(const LoadQuestion& question);

}  // namespace mpm
