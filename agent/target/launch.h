// SPDX-License-Identifier: Apache-2.0
//
// A server started again after its parent has ended, as by a reload that went wrong: from what was
// noted while it ran (Launch), because /proc forgets a process with its end.
#pragma once

#include "agent/base/clock.h"
#include "agent/proc/proc_fs.h"
#include "agent/target/server_driver.h"
#include "schema/model/launch.h"
#include "schema/model/result.h"
#include "schema/model/target.h"

namespace mpm {

// Never fails: what cannot be read is the refusal.
Launch launch_of(const Target& target, const ProcFs& proc, const Systemd& systemd = {});

// Starts the server that `ended` was and waits until its parent is seen. Conflict: it is another
// hand's to start. One that runs in its place already (successor_of) is left alone and given.
Result<Target> start_again(const Launch& launch, const Target& ended, const ProcFs& proc,
                           Clock& clock, const DriverOptions& options = {});

}  // namespace mpm
