// SPDX-License-Identifier: Apache-2.0
//
// Which pools of php-fpm a server passes requests to: those whose socket its configuration names.
#pragma once

#include <vector>

#include "agent/proc/proc_fs.h"
#include "schema/model/observation.h"
#include "schema/model/target.h"

namespace mpm {

// As they are now; reads the server's configuration where any php-fpm runs.
std::vector<PhpPool> php_behind(const Target& target, const ProcFs& proc);

}  // namespace mpm
