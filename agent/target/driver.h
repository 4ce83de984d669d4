// SPDX-License-Identifier: Apache-2.0
//
// What may be done to a running server: ask whether it would take its configuration, and have it
// load it. Nothing else in the agent signals a server or runs its program.
//
// An Error says that nothing was done. What was begun is a report, also when it went wrong or
// took too long: then only a look at the server tells how it stands (load_watch.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/apache/load_plan.h"
#include "agent/apache/messages.h"
#include "schema/model/result.h"
#include "schema/model/target.h"
#include "schema/model/units.h"

namespace mpm {

struct CheckReport {
  bool accepted = false;   // the program said so with its exit status; warnings may stand below
  bool timed_out = false;  // it was ended; nothing is known
  std::vector<ServerMessage> messages;  // all that it said, warnings with their AH codes
  std::vector<std::string> command;     // that was run
  std::vector<std::string> losses;      // in what it was not run as the server itself would
  std::string sentence;                 // the whole in one, for people
};

enum class LoadState : std::uint8_t {
  Done,      // the order was given and taken; what came of it is for a look to tell
  TimedOut,  // it is under way, or hangs
  Failed,    // the order was refused, or the server does not run any more
};

struct LoadReport {
  LoadWay way = LoadWay::Graceful;
  LoadState state = LoadState::Done;
  std::string how;       // "SIGUSR1 to process 4711", "systemctl reload apache2.service"
  Instant began{};       // before the order was given
  std::int32_t pid = 0;  // the parent afterwards, as far as known; 0: none
  std::vector<ServerMessage> messages;  // what the program or systemctl said
  std::vector<std::string> losses;
  std::string sentence;
};

// Not safe from two threads at once.
class TargetDriver {
 public:
  virtual ~TargetDriver() = default;
  // Has the server's own program read the configuration as it lies there now, to its deadline.
  // Denied, NotFound: the program cannot be run, so nothing is known.
  virtual Result<CheckReport> check() = 0;
  // Blocks until the order is given: at once for a signal, up to the deadlines for systemctl and
  // for a stop and start. Conflict: this way is not open for this server, and the sentence says
  // whose hand it needs. Whoever calls has checked before: httpd ends when it cannot read its
  // configuration at a reload.
  virtual Result<LoadReport> load(LoadWay way) = 0;
  // Whether the parent process runs: the one that was found, or the one that took its place.
  virtual bool is_alive() const = 0;
  // The server as it is known now; after a stop and start its pid is the new parent's.
  virtual const Target& target() const = 0;
};

}  // namespace mpm
