// SPDX-License-Identifier: Apache-2.0
//
// Which httpds run here. A server is known by what it is, not by what it is called: the parent
// is the process that maps a shared segment, has an MPM in it or is an httpd binary, and is no
// child of another such process of the same program. Names are the last resort, where
// permission is missing, and the loss is said.
//
// Cheap enough for every few seconds on a host of a thousand processes: one read of /proc/PID/stat
// for each, of /proc/PID/maps for those that are new or due to be looked into again, and once of
// the bytes of a binary that may be an httpd's.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "agent/proc/proc_fs.h"
#include "agent/target/identify.h"
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
// `recognizer` remembers what it met from one call to the next. Servers whose parents are `known`
// are left out, and not read.
Result<std::vector<Target>> discover(const ProcFs& proc, const ScoreboardProbe& probe,
                                     Recognizer& recognizer,
                                     const std::set<std::int32_t>& known = {});

// The server that `pid` is the parent of, or a child of. NotFound: no such process. Malformed:
// it is no httpd; the text says what it is.
Result<Target> target_of(const ProcFs& proc, const ScoreboardProbe& probe, Recognizer& recognizer,
                         std::int32_t pid);

}  // namespace mpm
