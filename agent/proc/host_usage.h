// SPDX-License-Identifier: Apache-2.0
//
// The machine, or the container, that a server lives in, for somebody who asks each second. What
// only somebody's hand changes is kept from one look at it to the next.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/proc/cgroup.h"
#include "agent/proc/proc_fs.h"
#include "schema/model/sample.h"

namespace mpm {

// Not safe from two threads at once.
class HostWatch {
 public:
  // Of the process `pid`, a server's parent. Looks at the limits and at the overflows.
  HostWatch(ProcFs proc, std::int32_t pid);

  // Which control groups bind the process and what they limit, its affinity, and somaxconn.
  void look_at_limits();
  // The kernel's counters of the process's network namespace, among hundreds that it writes out.
  void look_at_overflows();
  // At this instant, within the limits as they were last, with the overflows of then. Whatever
  // cannot be read is left 0 and said in `losses`, once each.
  HostUsage usage(std::vector<std::string>& losses) const;

 private:
  ProcFs proc_;
  std::int32_t pid_;
  ProcessCgroups cgroups_;
  std::int64_t allowed_processors_ = 0;  // 0: not known
  std::int64_t somaxconn_ = 0;
  std::int64_t listen_overflows_ = 0;
  std::int64_t listen_drops_ = 0;
};

}  // namespace mpm
