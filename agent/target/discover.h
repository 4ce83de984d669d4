// SPDX-License-Identifier: Apache-2.0
//
// Which httpds run here. A server is known by what it is, not by what it is called: the parent
// is the process that maps a shared segment, has an MPM in it or is an httpd binary, and is no
// child of another such process of the same program. Names are the last resort, where
// permission is missing, and the loss is said.
//
// Cheap enough for every few seconds on a host of a thousand processes: one read of
// /proc/PID/maps for each, the binary's bytes only for those that pass.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/proc/proc_fs.h"
#include "schema/model/result.h"
#include "schema/model/target.h"

namespace mpm {

// Reads the pids of the children that a parent's scoreboard names: the one proof of who belongs
// to a server (its cgid daemon, piped loggers and CGI programs do not).
class ScoreboardProbe {
 public:
  virtual ~ScoreboardProbe() = default;
  virtual Result<std::vector<std::int32_t>> children(std::int32_t parent) const = 0;
};

// Sorted by pid. An error only when the process table itself cannot be read.
Result<std::vector<Target>> discover(const ProcFs& proc, const ScoreboardProbe& probe);

// The server that `pid` is the parent of, or a child of. NotFound: no such process. Malformed:
// it is no httpd; the text says what it is.
Result<Target> target_of(const ProcFs& proc, const ScoreboardProbe& probe, std::int32_t pid);

}  // namespace mpm
