// SPDX-License-Identifier: Apache-2.0
//
// What the files of a server say and the server does not run with, because somebody wrote it and
// has not loaded it yet. Whoever loads a change of his own then loads that too, and has to be told:
//
//   conf.d/site.conf is newer than the last load       every way of loading takes it along
//   ServerLimit 32 is written, 16 is in force          a stop and start takes it along
//   the files load event, prefork runs                 the server would run with another MPM
//
// Pure. What is seen is where it is in force: the scoreboard's header, the threads of the
// processes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/apache/constraints.h"
#include "agent/apache/load_plan.h"
#include "schema/model/scoreboard.h"

namespace mpm {

// The numbers of a server that can be seen from outside; 0: unknown, or its MPM has none.
struct VisibleNumbers {
  RunningLimits limits;
  std::int64_t threads_per_child = 0;
};

struct UnloadedQuestion {
  std::vector<std::string> newer;  // files and folders of the configuration, than the last load
  std::optional<Mpm> running_mpm;
  std::optional<Mpm> written_mpm;  // by the files as they are, without the change
  VisibleNumbers running;
  VisibleNumbers written;           // what a full start would make of the files as they are
  std::vector<std::string> ours;    // directives of the change: that they differ is its purpose
  LoadWay way = LoadWay::Graceful;  // of the change
};

// A sentence for each; none: the change is all that would be loaded.
std::vector<std::string> unloaded(const UnloadedQuestion& question);

}  // namespace mpm
