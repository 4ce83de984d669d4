// SPDX-License-Identifier: Apache-2.0
//
// Processor time that processes took since they began, user and system, in seconds. In a header of
// its own because it needs agent/proc, which most tests do without.
#pragma once

#include <cstdint>
#include <vector>

#include <sys/types.h>
#include <unistd.h>

#include "agent/proc/proc_fs.h"

namespace mpm {

// 0 when it has ended.
inline double processor_seconds(pid_t pid) {
  const auto stat = ProcFs().stat(pid);
  if (!stat) return 0;
  return static_cast<double>(stat->user_ticks + stat->system_ticks) /
         static_cast<double>(::sysconf(_SC_CLK_TCK));
}

inline double processor_seconds_of_children(pid_t parent) {
  double sum = 0;
  for (const std::int32_t pid : ProcFs().children(parent).value_or(std::vector<std::int32_t>()))
    sum += processor_seconds(pid);
  return sum;
}

}  // namespace mpm
