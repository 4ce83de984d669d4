// SPDX-License-Identifier: Apache-2.0
//
// Processor time that processes took since they began, user and system, in seconds. In a header of
// its own because it needs agent/proc, which most tests do without.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/types.h>
#include <unistd.h>

#include "agent/base/file.h"
#include "agent/proc/proc_fs.h"
#include "agent/proc/proc_parse.h"

namespace mpm {

// 0 when it has ended.
inline double processor_seconds(pid_t pid) {
  const auto stat = ProcFs().stat(pid);
  if (!stat) return 0;
  return static_cast<double>(stat->user_ticks + stat->system_ticks) /
         static_cast<double>(::sysconf(_SC_CLK_TCK));
}

// Of the threads that they have now, by the nanosecond: spread over many children, a little work is
// less than a tick of each.
inline double processor_seconds_of_children(pid_t parent) {
  double sum = 0;
  const ProcFs proc;
  for (const std::int32_t pid : proc.children(parent).value_or(std::vector<std::int32_t>())) {
    const std::string tasks = fmt::format("{}/{}/task", proc.root(), pid);
    for (const std::string& thread : list_directory(tasks).value_or(std::vector<std::string>()))
      if (const auto text = read_file(fmt::format("{}/{}/schedstat", tasks, thread)))
        sum += parse_schedstat(*text).value_or(ThreadTime{}).run_seconds;
  }
  return sum;
}

}  // namespace mpm
