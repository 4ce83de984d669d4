// SPDX-License-Identifier: Apache-2.0
//
// Which pools of php-fpm a server passes requests to: those whose socket its configuration names,
// and which it reaches by that name.
#pragma once

#include <vector>

#include "agent/proc/proc_fs.h"
#include "schema/model/observation.h"
#include "schema/model/target.h"

namespace mpm {

// As they are now; reads the server's configuration where any php-fpm runs. A port is of a network,
// so that server and pool have to be in the same one; a path is of a file system, in which the same
// socket may be called otherwise.
std::vector<PhpPool> php_behind(const Target& target, const ProcFs& proc);

}  // namespace mpm
