// SPDX-License-Identifier: Apache-2.0
//
// Control groups, version 1, 2 and both at once: which limits bind a process. Every ancestor
// counts, because the kernel enforces each of them, and a container's limit is most often not
// on the innermost one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/proc/proc_fs.h"
#include "schema/model/result.h"
#include "schema/model/sample.h"

namespace mpm {

// Path of the process's cgroup, "/system.slice/apache2.service": where systemd keeps it, or a
// container that has its own. A systemd that leaves the controllers of version 1 to others has a
// hierarchy of its own for that ("name=systemd"), and in theirs all may be in the root.
Result<std::string> cgroup_path(const ProcFs& proc, std::int32_t pid);

// The systemd unit in a cgroup's path: "apache2.service"; empty when there is none.
std::string unit_of(std::string_view cgroup);

// Of each hierarchy that is mounted, the files cgroup.procs of the process's group and of those
// above it, from the inside out: writing a pid there puts that process in the group.
std::vector<std::vector<std::string>> membership_files(const ProcFs& proc, std::int32_t pid);

// A quota of processor time. A group that has used it up before its period is over stands still for
// the rest.
struct CpuQuota {
  double cores = 0;  // that may be used at once; 0: there is no quota
  std::int64_t periods = 0;
  std::int64_t throttled = 0;  // of them, those in which the group stood still
};

// A hierarchy of groups that is mounted, and a process's group in it.
struct Hierarchy {
  std::string mount;  // where it is mounted
  std::string root;   // the group that is mounted there
  std::string group;  // the process's
  bool unified = false;
};

// The groups that bind one process, for somebody who asks each second: which they are and what they
// limit is kept from one look to the next. The table of mounts is read only when the process was
// put into other groups, or is in none that is mounted.
class ProcessCgroups {
 public:
  ProcessCgroups(ProcFs proc, std::int32_t pid);

  // Where the process is by now, and what is set there.
  void look();
  // Limits that are set, from the process's own cgroup outwards. "memory.high" counts: a server
  // above it is slowed to a crawl. Empty when there is none. What is used is read now.
  std::vector<MemoryLimit> memory_limits() const;
  // The tightest by cpu.max or cpu.cfs_quota_us of every ancestor; its periods are read now.
  CpuQuota cpu_quota() const;

 private:
  void look_at_groups();
  void look_at_limits();
  void look_at_quota();

  // A limit that is set in a group of this directory.
  struct Limited {
    std::string directory;
    bool unified = false;
    MemoryLimit limit;  // without what is used
  };

  ProcFs proc_;
  std::int32_t pid_;
  std::string groups_;  // /proc/PID/cgroup as it was last
  std::optional<Hierarchy> memory_;
  std::optional<Hierarchy> cpu_;
  std::vector<Limited> limited_;  // from the inside out
  double quota_ = 0;              // the tightest, in cores; 0: there is none
  std::string quota_directory_;
};

}  // namespace mpm
