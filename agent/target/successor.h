// SPDX-License-Identifier: Apache-2.0
//
// The parent that took another's place: after a stop and start, or when somebody else restarted
// the server meanwhile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/base/clock.h"
#include "agent/proc/proc_fs.h"
#include "schema/model/target.h"

namespace mpm {

// Whether the process that was found still runs: the same start under its number, and not only what
// its parent has not waited for. Its program may be another one.
bool still_runs(const Target& target, const ProcFs& proc);

// By the pid in `pid_file` when one is given and names a server of the same program; else the
// server itself while it runs; else one of the same program and arguments that can stand in its
// place: at the same addresses, and in a container only in the same one. nullopt while there is
// none.
std::optional<Target> successor_of(const Target& ended, const ProcFs& proc,
                                   const std::string& pid_file = {});

// Waits while the ended process is there as one that its parent has not waited for: some first
// processes look every other second, some never. Until then it has its pid, and httpd takes a pid
// in its PidFile for a server that runs, says so and exits with 0. After ten seconds it waits no
// longer.
void wait_until_reaped(const ProcFs& proc, std::int32_t pid, Clock& clock);

}  // namespace mpm
