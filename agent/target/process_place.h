// SPDX-License-Identifier: Apache-2.0
//
// Where a server's parent process runs, so that its program can be run there again: the same
// environment, user, limits and capabilities, the same namespaces and root directory when it
// lives in a container or under a unit with a private /tmp.
#pragma once

#include <cstdint>

#include "agent/base/subprocess.h"
#include "agent/proc/proc_fs.h"
#include "schema/model/result.h"

namespace mpm {

// Denied: another user's environment may not be read. NotFound: the process has ended. Without
// cgroups: what is only a question about a server is not billed to it.
Result<ProcessPlace> place_of(const ProcFs& proc, std::int32_t pid);

// Its pid namespace is another than the agent's, or it is the first process of this one: it ends
// with its container, and its container with it.
bool lives_in_container(const ProcFs& proc, std::int32_t pid);

}  // namespace mpm
