// SPDX-License-Identifier: Apache-2.0
//
// The files of /proc, each a pure function from its text to its numbers. A field that is
// missing stays 0: kernels differ, and files are cut when a process ends while it is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/units.h"

namespace mpm {

// /proc/PID/stat. Ticks are of sysconf(_SC_CLK_TCK), 100 a second on Linux.
struct ProcStat {
  std::string comm;  // may hold blanks and parentheses
  char state = '?';
  std::int32_t ppid = 0;
  bool is_kernels = false;  // a thread of the kernel, which never becomes a program
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;
  std::int64_t threads = 0;
  std::uint64_t start_ticks = 0;  // after boot; with the pid it names a process for ever
};
std::optional<ProcStat> parse_stat(std::string_view text);

// /proc/PID/status.
struct ProcStatus {
  Bytes peak;       // VmHWM
  Bytes rss;        // VmRSS
  Bytes anonymous;  // RssAnon
  Bytes swap;       // VmSwap
  std::int64_t threads = 0;
  std::int64_t uid = -1;  // effective
  // The real and the saved one are the same. Not so in a set-uid program, which anybody may start
  // by any name.
  bool is_one_user = false;
  std::int64_t gid = -1;  // likewise
  std::vector<std::int64_t> groups;
  std::int64_t file_mask = -1;             // umask; kernels before 4.7 do not tell it
  std::uint64_t capability_bound = 0;      // CapBnd
  std::uint64_t capability_effective = 0;  // CapEff
  std::int32_t inner_pid = 0;  // in the innermost pid namespace, a container's own; 0: not told
};
ProcStatus parse_status(std::string_view text);

// /proc/PID/task/TID/schedstat. The process's own file of that name is its first thread's alone
// (fs/proc/base.c, proc_pid_schedstat).
struct ThreadTime {
  double run_seconds = 0;
  double wait_seconds = 0;  // ready to run, and no processor was free
};
// nullopt: the thread has never run, or the kernel does not count.
std::optional<ThreadTime> parse_schedstat(std::string_view text);

// /proc/PID/smaps_rollup.
struct MemoryRollup {
  Bytes rss;
  Bytes pss;
  Bytes unique;  // Private_Clean + Private_Dirty + Private_Hugetlb
  Bytes swap;    // SwapPss
};
MemoryRollup parse_smaps_rollup(std::string_view text);

// /proc/meminfo.
struct MemoryInfo {
  Bytes total;
  Bytes available;  // MemAvailable; kernels before 3.14 have none: then free and cached
  Bytes swap_total;
  Bytes swap_free;
};
MemoryInfo parse_meminfo(std::string_view text);

// /proc/stat, the line of all processors together, and the boot time.
struct HostCpu {
  double busy_seconds = 0;   // everything but idle and iowait
  double total_seconds = 0;  // guest time is inside user time and not counted twice
  std::int64_t processors = 0;
  std::int64_t boot_seconds = 0;  // since 1970
};
HostCpu parse_host_stat(std::string_view text, double ticks_per_second);

// avg10 of a line of /proc/pressure/memory or a cgroup's memory.pressure, percent.
std::optional<double> parse_pressure(std::string_view text, std::string_view line);

// A named counter of /proc/net/netstat, whose lines come in pairs of names and numbers.
std::int64_t parse_netstat(std::string_view text, std::string_view group, std::string_view name);

// Words between NULs: cmdline, environ.
std::vector<std::string> split_nul(std::string_view text);

// "key 123" lines: memory.stat, cpu.stat. 0 when the key is not there.
std::int64_t parse_keyed(std::string_view text, std::string_view key);

// /proc/PID/uid_map or gid_map: what number a user of this host has inside of that user namespace;
// nullopt when he is nobody there.
std::optional<std::int64_t> inner_id(std::string_view map, std::int64_t outer);

// A list of processors, "0-3,8": how many.
std::int64_t count_list(std::string_view text);

// The whole text as a hexadecimal number without a prefix.
std::optional<std::uint64_t> parse_hexadecimal(std::string_view text);

// A number at the start of the text after blanks; nullopt when there is none ("max").
std::optional<std::int64_t> parse_number(std::string_view text);

}  // namespace mpm
