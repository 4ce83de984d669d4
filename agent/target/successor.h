// SPDX-License-Identifier: Apache-2.0
//
// The parent that took another's place: after a stop and start, or when somebody else restarted
// the server meanwhile.
#pragma once

#include <optional>
#include <string>

#include "agent/proc/proc_fs.h"
#include "schema/model/target.h"

namespace mpm {

// A server of the same program, by the pid in `pid_file` when one is given and names such a
// server, else the one with the same arguments. nullopt while there is none.
std::optional<Target> successor_of(const Target& ended, const ProcFs& proc,
                                   const std::string& pid_file = {});

}  // namespace mpm
