// SPDX-License-Identifier: Apache-2.0
//
// A memory cgroup of a test's own, as a container has it, in whichever version the machine has.
#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

#include "tests/support/private_httpd.h"

namespace mpm {

// Empty, which `if` tells, where this machine lets nobody make one. It goes with the object, once
// the last of its processes has ended.
class MemoryCgroup {
 public:
  explicit MemoryCgroup(std::int64_t limit_bytes);
  ~MemoryCgroup();
  MemoryCgroup(const MemoryCgroup&) = delete;
  MemoryCgroup& operator=(const MemoryCgroup&) = delete;

  explicit operator bool() const { return !path_.empty(); }
  // Moves a process here; those that it starts from then on are born here.
  void add(pid_t pid) const;
  // The parent and the children that it has.
  void add(const PrivateHttpd& server) const;
  // Processes that the kernel has killed here because the memory was used up.
  std::int64_t killed() const;

 private:
  void remove();

  std::string path_;
};

}  // namespace mpm
