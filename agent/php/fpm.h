// SPDX-License-Identifier: Apache-2.0
//
// Every php-fpm that runs here, and its pools: how many requests each may serve at once, how many
// of its processes are there, and how many connections wait for one of them.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/files/host_files.h"
#include "agent/proc/proc_fs.h"
#include "schema/model/observation.h"

namespace mpm {

struct PhpFpm {
  std::int32_t pid = 0;  // its master
  HostFiles files;       // as it sees them, and as it may read them
  std::vector<PhpPool> pools;
};

// Empty where none runs, where it is neither root's nor of who runs the agent, and where its files
// cannot be read through its own root: those of this host may be others. The queue of a port is
// known only to who may read php-fpm's descriptors.
std::vector<PhpFpm> php_fpms(const ProcFs& proc);

}  // namespace mpm
