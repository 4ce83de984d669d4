// SPDX-License-Identifier: Apache-2.0
//
// The machine, or the container, that a server lives in, at one instant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/proc/proc_fs.h"
#include "schema/model/sample.h"

namespace mpm {

// Whatever cannot be read is left 0 and said in `losses`, once each.
HostUsage host_usage(const ProcFs& proc, std::int32_t pid, std::vector<std::string>& losses);

}  // namespace mpm
