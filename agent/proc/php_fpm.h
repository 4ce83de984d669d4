// SPDX-License-Identifier: Apache-2.0
//
// The pools of every php-fpm that runs here: how many requests each may serve at once, how many of
// its processes are there, and how many connections wait for one of them.
#pragma once

#include <vector>

#include "agent/proc/proc_fs.h"
#include "schema/model/observation.h"

namespace mpm {

// Empty where none runs, where it is neither root's nor of who runs the agent, and where the
// configuration that it names cannot be read. The queue of a TCP socket is known only to who may
// read php-fpm's descriptors; else waiting is 0.
std::vector<PhpPool> php_pools(const ProcFs& proc);

}  // namespace mpm
