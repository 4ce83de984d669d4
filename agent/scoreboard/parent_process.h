// SPDX-License-Identifier: Apache-2.0
//
// The parent process of a server, as long as it is the one we first met: a pid is used again
// after its process ended, so it is told by its start time too (field 22 of /proc/PID/stat).
// Also what its memory map says is shared with its children:
//
//   7f3a5c000000-7f3a5c02b000 rw-s 00000000 00:01 1037   /dev/zero (deleted)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/fd.h"
#include "schema/model/result.h"

namespace mpm {

// One shared, writable mapping. `link` is its name below map_files, "7f3a5c000000-7f3a5c02b000".
struct SharedMapping {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string link;
  std::string path;  // as printed, "/dev/zero (deleted)"; empty for none

  std::size_t length() const { return static_cast<std::size_t>(end - begin); }
  // Memory that has no name: what APR makes when no ScoreBoardFile is set.
  bool anonymous() const { return path.empty() || path.starts_with("/dev/zero"); }
  bool operator==(const SharedMapping&) const = default;
};

// Those of /proc/PID/maps that map their file from its start. A line that is none is skipped.
std::vector<SharedMapping> shared_mappings(std::string_view maps);

// Not safe from two threads at once.
class ParentProcess {
 public:
  ParentProcess(std::int32_t pid, std::string proc_root);

  std::int32_t pid() const { return pid_; }
  // "/proc/4711/" and then `name`.
  std::string path(std::string_view name) const;

  // NotFound: it has ended, is a zombie, or another process has its pid by now.
  Result<void> check();
  Result<std::vector<SharedMapping>> mappings() const;
  // Of `pids`, how many are children of this process. 0 when it runs in another pid namespace.
  std::size_t own_children(const std::vector<std::int32_t>& pids) const;

 private:
  Result<void> compare();  // its start time with that of the first check

  std::int32_t pid_;
  std::string proc_root_;
  UniqueFd pidfd_;  // after the first check; none where the kernel or a tree has none
  std::optional<std::uint64_t> started_;  // ticks after boot; none before the first check
};

}  // namespace mpm
